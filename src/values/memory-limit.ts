import { InvalidValueError } from "./invalid-value-error.ts";

export const DEFAULT_MEMORY_MIB = 256;

const SMALLEST_MEMORY_MIB = 6; // Docker's own

/** @throws InvalidValueError when no container can have `mib` as its memory */
export function memoryLimit(mib: number): number {
  if (Number.isInteger(mib) && mib >= SMALLEST_MEMORY_MIB) return mib;
  const rule = `must be a whole number of MiB, ${SMALLEST_MEMORY_MIB} at least`;
  throw new InvalidValueError({ subject: "memory limit", rule, got: mib });
}
