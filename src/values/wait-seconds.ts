import { InvalidValueError } from "./invalid-value-error.ts";

export const LONGEST_WAIT_SECONDS = 3600;

/**
 * @param subject what the time is for, e.g. `stop grace`
 * @throws InvalidValueError when `seconds` is no time that a host waits: an hour at most, which a release has to sit out
 */
export function waitSeconds(subject: string, seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_WAIT_SECONDS) return seconds;
  const rule = `must be a whole number of seconds from 0 to ${LONGEST_WAIT_SECONDS}`;
  throw new InvalidValueError({ subject, rule, got: seconds });
}
