import { type MachineSystemName, machineSystemName } from "../../src/rehearsal/machine/machine-system.ts";

/**
 * What a test's machines boot: `usual`, unless somebody wants to see it on another:
 * SLIPWAY_REHEARSAL_MACHINE=debian-13 SLIPWAY_REHEARSAL_ENGINE=29 npm run test:real -- rehearsal-netflix
 */
export function machineLike(usual: MachineSystemName): { system: MachineSystemName; engine?: string } {
  const { SLIPWAY_REHEARSAL_MACHINE: system, SLIPWAY_REHEARSAL_ENGINE: engine } = process.env;
  return { system: system ? machineSystemName(system) : usual, engine: engine || undefined };
}
