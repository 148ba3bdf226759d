import { InvalidValueError } from "./invalid-value-error.ts";

export const DEFAULT_MEMORY_MIB = 256;

const SMALLEST_MEMORY_MIB = 6; // Docker's own

/** @throws InvalidValueError when no container can have `mib` as its memory */
export function memoryLimit(mib: number): number {
  return atLeast("memory limit", mib);
}

/** @throws InvalidValueError when nothing can be kept of `mib` for a container whose limit is `limit`, both in MiB */
export function memoryReservation(mib: number, limit = DEFAULT_MEMORY_MIB): number {
  atLeast("memory reservation", mib);
  if (mib <= limit) return mib;
  const rule = `must not be above the memory limit, ${limit} MiB`;
  throw new InvalidValueError({
    subject: "memory reservation",
    rule,
    got: mib,
    remedy: "raise memoryMiB, or lower it",
  });
}

function atLeast(subject: string, mib: number): number {
  if (Number.isInteger(mib) && mib >= SMALLEST_MEMORY_MIB) return mib;
  const rule = `must be a whole number of MiB, ${SMALLEST_MEMORY_MIB} at least`;
  throw new InvalidValueError({ subject, rule, got: mib });
}
