import { InvalidValueError } from "../values/invalid-value-error.ts";
import { type OptionNames, refuseUnknownOptions } from "../values/known-options.ts";

/** How many requests one visitor, by address, may make; who makes more is answered 429. */
export interface RateLimit {
  /** One of this and `perMinute`. */
  readonly perSecond?: number;
  readonly perMinute?: number;
  /** How many more at once before that holds: a page asks for its pictures together. @default - as many as the rate says */
  readonly burst?: number;
}

const RATE_LIMIT: OptionNames<RateLimit> = { perSecond: true, perMinute: true, burst: true };
const MOST = 100_000;

/** The limit in full. @throws InvalidValueError for none, or two rates */
export function rateLimit(limit: RateLimit): { rate: string; burst: number } {
  refuseUnknownOptions("rate limit", limit, RATE_LIMIT);
  const { perSecond, perMinute } = limit;
  const rate = perSecond ?? perMinute;
  if (rate === undefined || (perSecond !== undefined && perMinute !== undefined)) {
    const got = rate === undefined ? "neither" : `perSecond ${perSecond} and perMinute ${perMinute}`;
    throw new InvalidValueError({ subject: "rate limit", rule: "must have one of perSecond and perMinute", got });
  }
  const burst = limit.burst ?? rate;
  checkCount("rate", rate, 1);
  checkCount("burst", burst, 0);
  return { rate: `${rate}r/${perSecond === undefined ? "m" : "s"}`, burst };
}

function checkCount(what: string, got: number, lowest: number): void {
  if (Number.isInteger(got) && got >= lowest && got <= MOST) return;
  const rule = `must be a whole number from ${lowest} to ${MOST}`;
  throw new InvalidValueError({ subject: `${what} of requests`, rule, got });
}
