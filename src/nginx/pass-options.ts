import { InvalidValueError } from "../values/invalid-value-error.ts";
import { sizeInBytes } from "./argument.ts";
import { Directive } from "./directive.ts";

/** What a site, or one route of it, may change about the way that requests pass. */
export interface PassOptions {
  /** Response headers, on error answers too; one that the service sends as well is replaced. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** The largest request body, e.g. `10m`; `0` for no limit. @default "10m" */
  readonly maxBodySize?: string;
  /** Seconds without a byte from the service after which a request fails, and idle websockets end. @default 60 */
  readonly readTimeoutSeconds?: number;
}

const LONGEST_TIMEOUT = 86_400;

/** The limits of a request where no site and no route says another. */
export const DEFAULT_LIMITS = { maxBodySize: "10m", readTimeoutSeconds: 60 } as const;

/** The options as directives; the headers of `around` are repeated, since a block with its own inherits none. */
export function passing(options: PassOptions, around: PassOptions = {}): Directive[] {
  const own = options.headers ?? {};
  const headers = Object.keys(own).length === 0 ? [] : [...merged(around.headers ?? {}, own)];
  return [
    ...headers.map(([name]) => Directive.of("proxy_hide_header", name)),
    ...headers.map(([name, value]) => Directive.of("add_header", name, value, "always")),
    ...(options.maxBodySize === undefined ? [] : [Directive.of("client_max_body_size", options.maxBodySize)]),
    ...(options.readTimeoutSeconds === undefined ? [] : timeouts(options.readTimeoutSeconds)),
  ];
}

/**
 * The limits between services: whatever some visitor may send or wait for, a service may hand on. Only what differs from
 * the defaults.
 */
export function largestLimits(all: readonly PassOptions[]): PassOptions {
  const sizes = all.flatMap(({ maxBodySize }) => maxBodySize ?? []);
  const room = (size: string) => sizeInBytes(size) || Number.POSITIVE_INFINITY;
  const size = sizes.reduce<string>((a, b) => (room(b) > room(a) ? b : a), DEFAULT_LIMITS.maxBodySize);
  const seconds = Math.max(DEFAULT_LIMITS.readTimeoutSeconds, ...all.map((each) => each.readTimeoutSeconds ?? 0));
  return {
    ...(size === DEFAULT_LIMITS.maxBodySize ? {} : { maxBodySize: size }),
    ...(seconds === DEFAULT_LIMITS.readTimeoutSeconds ? {} : { readTimeoutSeconds: seconds }),
  };
}

function timeouts(seconds: number): Directive[] {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_TIMEOUT) {
    const rule = `must be whole seconds from 1 to ${LONGEST_TIMEOUT}`;
    throw new InvalidValueError({ subject: "read timeout", rule, got: seconds });
  }
  return [Directive.of("proxy_send_timeout", `${seconds}s`), Directive.of("proxy_read_timeout", `${seconds}s`)];
}

/** Header names are one whatever their case; sorted, so that the order of declaration does not show. */
function merged(around: Readonly<Record<string, string>>, own: Readonly<Record<string, string>>): [string, string][] {
  const byName = new Map<string, [string, string]>();
  for (const headers of [around, own]) {
    const seen = new Set<string>();
    for (const [name, value] of Object.entries(headers)) {
      const key = name.toLowerCase();
      if (seen.has(key)) {
        throw new InvalidValueError({
          subject: "header name",
          rule: "must be given once, whatever its case",
          got: name,
        });
      }
      seen.add(key);
      byName.set(key, [name, value]);
    }
  }
  return [...byName.keys()].sort().map((key) => byName.get(key) as [string, string]);
}
