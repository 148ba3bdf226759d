import { InvalidValueError } from "../values/invalid-value-error.ts";

/** @throws InvalidValueError for no number of seconds that an apply may wait for a host */
export function deadline(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 60 && seconds <= 7200) return seconds;
  throw new InvalidValueError({ subject: "deadline", rule: "must be from 60 to 7200 seconds", got: seconds });
}
