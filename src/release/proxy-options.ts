import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";

/** What a site may change about the way that requests pass to its services. */
export interface ProxyOptions {
  /** Response headers, on error answers too; one that the service sends as well is replaced. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The largest request body, e.g. `10m`; `0` for no limit. @default "10m" */
  readonly maxBodySize?: string;
  /** Seconds without a byte from the service after which a request fails, and idle websockets end. @default 60 */
  readonly readTimeoutSeconds?: number;
}

export const PROXY_OPTIONS: OptionNames<ProxyOptions> = { headers: true, maxBodySize: true, readTimeoutSeconds: true };

/** The rules of {@link ProxyOptions}, by the option that each is about. */
export function proxyRules(options: ProxyOptions): Readonly<Partial<Record<keyof ProxyOptions, () => void>>> {
  const { readTimeoutSeconds } = options;
  return {
    readTimeoutSeconds: () => readTimeoutSeconds === undefined || readTimeout(readTimeoutSeconds),
  };
}

/** The limits of a request where no site says another. */
export const DEFAULT_LIMITS = { maxBodySize: "10m", readTimeoutSeconds: 60 } as const;

const LONGEST_TIMEOUT_SECONDS = 86_400;

/** @throws InvalidValueError when `seconds` is no time that a request may be silent */
export function readTimeout(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_TIMEOUT_SECONDS) return seconds;
  const rule = `must be whole seconds from 1 to ${LONGEST_TIMEOUT_SECONDS}`;
  throw new InvalidValueError({ subject: "read timeout", rule, got: seconds });
}
