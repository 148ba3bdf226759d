import { DEFAULT_LIMITS, type ProxyOptions, readTimeout } from "../release/proxy-options.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { sizeInBytes } from "./argument.ts";
import { Directive } from "./directive.ts";

/** The options as directives; the headers of `around` are repeated, since a block with its own inherits none. */
export function passing(options: ProxyOptions, around: ProxyOptions = {}): Directive[] {
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
export function largestLimits(all: readonly ProxyOptions[]): ProxyOptions {
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
  const time = `${readTimeout(seconds)}s`;
  return [Directive.of("proxy_send_timeout", time), Directive.of("proxy_read_timeout", time)];
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
