import { InvalidValueError } from "./invalid-value-error.ts";

const LOWEST = 0.01; // Docker's own

/** @throws InvalidValueError when no container can have `cpus` processors */
export function cpuLimit(cpus: number): number {
  if (typeof cpus === "number" && cpus >= LOWEST && Number.isInteger(Number((cpus * 100).toFixed(6)))) return cpus;
  const rule = `must be a number of processors, ${LOWEST} at least, two decimals at most`;
  throw new InvalidValueError({ subject: "CPU limit", rule, got: cpus });
}
