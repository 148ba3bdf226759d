import { waitSeconds } from "./wait-seconds.ts";

export const DEFAULT_STOP_GRACE_SECONDS = 10;

/** @throws InvalidValueError when no container can be given `seconds` between the stop signal and the kill */
export function stopGrace(seconds: number): number {
  return waitSeconds("stop grace", seconds);
}
