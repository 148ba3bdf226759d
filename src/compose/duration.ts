import { readDuration } from "../dockerfile/instructions/healthcheck.ts";

/** A length of time as Compose writes it, `1m30s`, in seconds; nothing for what is none, or longer than Docker counts. */
export function durationSeconds(value: unknown): number | undefined {
  if (typeof value === "number") return value / 1e9; // Docker's own word, nanoseconds
  if (typeof value !== "string" || !/^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/.test(value)) return undefined;
  try {
    return Number(readDuration(value)) / 1e9;
  } catch {
    return undefined;
  }
}
