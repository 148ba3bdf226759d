import { InvalidValueError } from "./invalid-value-error.ts";

/**
 * @param subject what it is the timeout of, e.g. `task timeout`
 * @throws InvalidValueError when nothing can be given `seconds` to end by itself, `longest` at most
 */
export function runTimeout(subject: string, seconds: number, longest: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= longest) return seconds;
  const rule = `must be a whole number of seconds from 1 to ${longest}`;
  throw new InvalidValueError({ subject, rule, got: seconds });
}
