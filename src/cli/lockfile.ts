import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { MachineImagePins } from "./machine-image-pins.ts";

/** Which digest each tag stands for, by full reference. */
export type Pins = Readonly<Record<string, string>>;

/** Where a project's lockfile is. */
export function lockfilePath(root: string): string {
  return resolve(root, process.env.SLIPWAY_LOCKFILE ?? "slipway.lock.json");
}

/** What a lockfile says. */
export interface Lockfile {
  readonly images?: Pins;
  readonly machineImages?: MachineImagePins;
  /** By which key an image was found to be signed. */
  readonly verified?: Readonly<Record<string, string>>;
}

/** What a lockfile pins; nothing where there is none that can be read, which a synth refuses by itself. */
export function readLockfile(path: string): Lockfile {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return {};
  }
}
