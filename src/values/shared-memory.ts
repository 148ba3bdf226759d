import { InvalidValueError } from "./invalid-value-error.ts";

/** @throws InvalidValueError when no container can have `mib` MiB of shared memory */
export function sharedMemory(mib: number): number {
  if (Number.isInteger(mib) && mib >= 1 && mib <= 1024 * 1024) return mib;
  const rule = "must be a whole number of MiB, 1 at least";
  throw new InvalidValueError({ subject: "size of /dev/shm", rule, got: mib, remedy: "leave it out for Docker's 64" });
}
