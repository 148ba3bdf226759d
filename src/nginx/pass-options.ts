import { DEFAULT_LIMITS, type ProxyOptions, readTimeout } from "../release/proxy-options.ts";
import type { SiteSettings } from "../release/site-options.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { Answer } from "./answer.ts";
import { sizeInBytes } from "./argument.ts";
import { Directive } from "./directive.ts";

/**
 * The options as directives; the headers of `around` are repeated, since a block with its own inherits none.
 *
 * @param protocol How requests pass: what `around` says by directives of HTTP does not hold for gRPC and is said again
 */
export function passing(
  options: ProxyOptions,
  around: ProxyOptions = {},
  protocol: "proxy" | "grpc" = "proxy",
): Directive[] {
  const own = options.headers ?? {};
  const all = merged(around.headers ?? {}, own);
  const added = Object.keys(own).length === 0 ? [] : all;
  const isGrpc = protocol === "grpc";
  const hide = isGrpc ? "grpc_hide_header" : "proxy_hide_header";
  return [
    ...(isGrpc ? all : added).map(([name]) => Directive.of(hide, name)),
    ...added.map(([name, value]) => Directive.of("add_header", name, value, "always")),
    ...(options.maxBodySize === undefined ? [] : [Directive.of("client_max_body_size", options.maxBodySize)]),
    ...(isGrpc ? timeouts(GRPC_TIMEOUTS, silence(options) ?? silence(around)) : timeouts(TIMEOUTS, silence(options))),
    ...(isGrpc || options.buffering === undefined
      ? []
      : [Directive.of("proxy_buffering", options.buffering ? "on" : "off")]),
    ...(options.gzip === undefined ? [] : compression(options.gzip)),
    ...(options.allow === undefined ? [] : Answer.onlyFrom(options.allow)),
  ];
}

const TIMEOUTS = ["proxy_send_timeout", "proxy_read_timeout"] as const;
/** Why a time for bodies too: a stream's requests are one body, which may be as idle as the answer. */
const GRPC_TIMEOUTS = ["client_body_timeout", "grpc_send_timeout", "grpc_read_timeout"] as const;

function timeouts(
  names: readonly (typeof TIMEOUTS | typeof GRPC_TIMEOUTS)[number][],
  seconds: number | undefined,
): Directive[] {
  return seconds === undefined ? [] : names.map((name) => Directive.of(name, `${readTimeout(seconds)}s`));
}

function silence({ idleTimeoutSeconds, readTimeoutSeconds }: ProxyOptions): number | undefined {
  return idleTimeoutSeconds ?? readTimeoutSeconds;
}

/**
 * The limits between services: whatever some visitor may send or wait for, a service may hand on. Only what differs from
 * the defaults.
 */
export function largestLimits(all: readonly SiteSettings[]): SiteSettings {
  const sizes = all.flatMap(({ maxBodySize }) => maxBodySize ?? []);
  const room = (size: string) => sizeInBytes(size) || Number.POSITIVE_INFINITY;
  const size = sizes.reduce<string>((a, b) => (room(b) > room(a) ? b : a), DEFAULT_LIMITS.maxBodySize);
  const seconds = Math.max(
    DEFAULT_LIMITS.readTimeoutSeconds,
    ...all.map((each) => Math.max(each.readTimeoutSeconds ?? 0, each.idleTimeoutSeconds ?? 0)),
  );
  return {
    ...(size === DEFAULT_LIMITS.maxBodySize ? {} : { maxBodySize: size }),
    ...(seconds === DEFAULT_LIMITS.readTimeoutSeconds ? {} : { readTimeoutSeconds: seconds }),
    ...(all.some(({ buffering }) => buffering === false) ? { buffering: false } : {}),
    ...(all.some(({ cookieBuffers }) => cookieBuffers) ? { cookieBuffers: true } : {}),
    ...(all.some(({ underscoresInHeaders }) => underscoresInHeaders) ? { underscoresInHeaders: true } : {}),
  };
}

/** What is compressed already stays as it is; so do events, which would wait for each other. */
const TEXTS = [
  ...["application/javascript", "application/json", "application/manifest+json", "application/xml", "image/svg+xml"],
  ...["text/css", "text/javascript", "text/plain", "text/xml"],
];

function compression(isOn: boolean): Directive[] {
  if (!isOn) return [Directive.of("gzip", "off")];
  return [
    Directive.of("gzip", "on"),
    Directive.of("gzip_vary", "on"),
    Directive.of("gzip_proxied", "any"),
    Directive.of("gzip_min_length", 1024),
    Directive.of("gzip_types", ...TEXTS),
  ];
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
