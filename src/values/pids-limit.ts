import { InvalidValueError } from "./invalid-value-error.ts";

/** Some hundred threads are what an application server takes; a loop of forks is ended long before the machine is. */
export const DEFAULT_PIDS_LIMIT = 512;

const MOST_PIDS = 4_194_304; // the kernel's own

/** @throws InvalidValueError when no container can be held to `pids` processes and threads */
export function pidsLimit(pids: number): number {
  if (Number.isInteger(pids) && pids >= 1 && pids <= MOST_PIDS) return pids;
  const rule = `must be a whole number of processes and threads, from 1 to ${MOST_PIDS}`;
  throw new InvalidValueError({ subject: "pids limit", rule, got: pids });
}
