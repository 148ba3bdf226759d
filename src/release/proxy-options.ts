import { InvalidValueError } from "../values/invalid-value-error.ts";
import { IpRange } from "../values/ip-range.ts";
import type { OptionNames } from "../values/known-options.ts";
import { checkSwitch } from "../values/switch.ts";
import { type RateLimit, rateLimit } from "./rate-limit.ts";

/** What a site may change about the way that requests pass to its services. */
export interface ProxyOptions {
  /** Response headers, on error answers too; one that the service sends as well is replaced. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The largest request body, e.g. `10m`; `0` for no limit. @default "10m" */
  readonly maxBodySize?: string;
  /** Seconds without a byte from the service after which a request fails, and idle websockets end. @default 60 */
  readonly readTimeoutSeconds?: number;
  /**
   * Seconds that a websocket or a stream of events may be idle, in place of `readTimeoutSeconds`. A release does not wait
   * for as long: whoever listens to such a stream connects again. Nginx has one time for all requests of a path, so give
   * it to the route of the stream. @default - `readTimeoutSeconds`
   */
  readonly idleTimeoutSeconds?: number;
  /**
   * Whether answers are gathered before they pass. Off for server-sent events whose service neither chunks them nor says
   * their length, as HTTP/1.0 servers do: they would arrive when they end. @default true
   */
  readonly buffering?: boolean;
  /** Whether text of a kilobyte and more is compressed for who takes it. @default false */
  readonly gzip?: boolean;
  /** How many requests one visitor may make; redirects and paths without a route do not count. @default - as many as they like */
  readonly rateLimit?: RateLimit;
  /**
   * The addresses and ranges (CIDR) of visitors who are let in; all others are answered 403 by whatever leads to a
   * backend. Redirects, maintenance and the 404 of a path without a route are answered to everybody.
   * @default - everybody
   */
  readonly allow?: readonly string[];
}

export const PROXY_OPTIONS: OptionNames<ProxyOptions> = {
  headers: true,
  maxBodySize: true,
  readTimeoutSeconds: true,
  idleTimeoutSeconds: true,
  buffering: true,
  gzip: true,
  rateLimit: true,
  allow: true,
};

/** The rules of {@link ProxyOptions}, by the option that each is about. */
export function proxyRules(options: ProxyOptions): Readonly<Partial<Record<keyof ProxyOptions, () => void>>> {
  const { readTimeoutSeconds, idleTimeoutSeconds, buffering, gzip, rateLimit: limit, allow } = options;
  return {
    readTimeoutSeconds: () => readTimeoutSeconds === undefined || readTimeout(readTimeoutSeconds),
    idleTimeoutSeconds: () => {
      if (idleTimeoutSeconds === undefined) return;
      readTimeout(idleTimeoutSeconds, "idle timeout");
      if (readTimeoutSeconds === undefined) return;
      const got = `readTimeoutSeconds ${readTimeoutSeconds} and idleTimeoutSeconds ${idleTimeoutSeconds}`;
      const remedy = "give the stream a route of its own";
      throw new InvalidValueError({ subject: "timeout", rule: "must be one of the two", got, remedy });
    },
    buffering: () => checkSwitch("buffering", buffering),
    gzip: () => checkSwitch("gzip", gzip),
    rateLimit: () => limit === undefined || rateLimit(limit),
    allow: () => allow === undefined || allowed(allow),
  };
}

/** @throws InvalidValueError for a list of visitors that is none, or lets nobody in */
export function allowed(ranges: readonly string[]): IpRange[] {
  if (Array.isArray(ranges) && ranges.length > 0) return ranges.map((range) => IpRange.parse(range));
  const remedy = 'write e.g. ["10.0.0.0/8"]';
  throw new InvalidValueError({
    subject: "allow",
    rule: "must be a list of address ranges, not empty",
    got: ranges,
    remedy,
  });
}

/** The limits of a request where no site says another. */
export const DEFAULT_LIMITS = { maxBodySize: "10m", readTimeoutSeconds: 60 } as const;

const LONGEST_TIMEOUT_SECONDS = 86_400;

/** @throws InvalidValueError when `seconds` is no time that a request may be silent */
export function readTimeout(seconds: number, subject = "read timeout"): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_TIMEOUT_SECONDS) return seconds;
  const rule = `must be whole seconds from 1 to ${LONGEST_TIMEOUT_SECONDS}`;
  throw new InvalidValueError({ subject, rule, got: seconds });
}
