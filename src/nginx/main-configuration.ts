import { DEFAULT_LIMITS } from "../release/proxy-options.ts";
import type { TrustedProxies } from "../release/trusted-proxies.ts";
import { Directive } from "./directive.ts";
import { headersOfVisitors, PASSED, TLS_PORT, VISITED } from "./forwarded-header.ts";
import { grpcSettings } from "./grpc.ts";
import { nextAddress } from "./next-address.ts";
import { realIp } from "./real-ip.ts";

/** Where Nginx runs: in a container of the local engine, or installed on an Ubuntu or Debian instance. */
export type NginxFlavour = "container" | "instance";

export interface MainConfigurationOptions {
  readonly flavour: NginxFlavour;
  /** The files of a release, all in the http context. @default "/etc/nginx/slipway/*.conf" */
  readonly include?: string;
}

/** Where a release puts what not every Nginx knows, if this one does; Nginx starts without the folder too. */
const KEEP_ALIVE = "/etc/nginx/keepalive/*.conf";

/**
 * The text of `nginx.conf`. Why so little: it is placed once, when Nginx is, so whatever a later release may want to
 * change stands in the included files. Why no `worker_shutdown_timeout`: workers of before a reload stay only as long as
 * a request or a websocket of theirs does, whose own limits end it, at some 0.8 MiB each; a common limit would end those of services that did
 * not change. The process id's path and the daemon mode are the package's or the image's own.
 */
export function mainConfiguration(options: MainConfigurationOptions): string {
  const inContainer = options.flavour === "container";
  return Directive.file("main", [
    ...(inContainer ? [] : [Directive.of("user", "www-data")]),
    Directive.of("worker_processes", "auto"),
    Directive.of("worker_rlimit_nofile", 4096),
    Directive.of("error_log", inContainer ? "stderr" : "/var/log/nginx/error.log", "warn"),
    Directive.events([Directive.of("worker_connections", 1024)]),
    Directive.http([
      Directive.of("include", options.include ?? "/etc/nginx/slipway/*.conf"),
      ...(inContainer ? [Directive.of("include", KEEP_ALIVE)] : []),
    ]),
  ]);
}

export interface HttpSettingsOptions {
  /** The port that visitors type. */
  readonly publicPort: number;
  /** The one that they type for TLS. @default - no site has TLS */
  readonly publicTlsPort?: number;
  /** @default - Docker's in a container, systemd's on an instance */
  readonly resolver?: string;
  /** Seconds for which an answer of it counts. @default 2 */
  readonly resolverSeconds?: 1 | 2;
  /** Whose word about visitors is believed. @default - nobody's */
  readonly trustedProxies?: TrustedProxies;
  /** Whether a service speaks gRPC. @default false */
  readonly speaksGrpc?: boolean;
  /** Whether a service may be on several machines, of which one may be lost. @default false */
  readonly isReplicated?: boolean;
}

/**
 * What holds for every server. Why no query in the access log: tokens travel there. Why no cache of open files where files choose the way: each request
 * must see them as they are. Why a visitor's headers are settled here, once: a server without any of its own has these.
 */
export function httpSettings(flavour: NginxFlavour, options: HttpSettingsOptions): Directive[] {
  const { publicPort, resolver, resolverSeconds = 2, trustedProxies } = options;
  const publicTlsPort = options.publicTlsPort ?? (trustedProxies && TLS_PORT);
  const scheme = trustedProxies ? "$visitor_proto" : "$scheme";
  const headers = headersOfVisitors(publicTlsPort === undefined ? publicPort : "visited", scheme);
  const inContainer = flavour === "container";
  const { connectTimeout, nextUpstream, timeout } = nextAddress(options.isReplicated);
  return [
    Directive.of("server_tokens", "off"),
    ...(inContainer ? [] : [Directive.of("open_file_cache", "off")]),
    Directive.of("log_format", "slipway", "escape=json", {
      time: "$time_iso8601",
      client: "$remote_addr",
      host: "$host",
      method: "$request_method",
      path: "$uri",
      status: "$status",
      bytes: "$body_bytes_sent",
      seconds: "$request_time",
      upstream: "$upstream_addr",
      upstream_seconds: "$upstream_response_time",
      agent: "$http_user_agent",
      id: "$request_id",
    }),
    Directive.of("access_log", inContainer ? "/dev/stdout" : "/var/log/nginx/access.log", "slipway"),
    Directive.of(
      "resolver",
      resolver ?? (inContainer ? "127.0.0.11" : "127.0.0.53"),
      `valid=${resolverSeconds}s`,
      "ipv6=off",
    ),
    Directive.of("resolver_timeout", "5s"),
    Directive.of("variables_hash_bucket_size", 128),
    Directive.of("server_names_hash_bucket_size", 512),
    Directive.of("server_names_hash_max_size", 4096),
    Directive.of("proxy_headers_hash_bucket_size", 128),
    Directive.of("proxy_headers_hash_max_size", 1024),
    Directive.of("client_header_timeout", "15s"),
    Directive.of("client_max_body_size", DEFAULT_LIMITS.maxBodySize),
    Directive.of("proxy_http_version", "1.1"),
    Directive.of("proxy_redirect", "off"),
    Directive.of("proxy_buffer_size", "16k"),
    Directive.of("proxy_buffers", 8, "16k"),
    Directive.of("proxy_connect_timeout", connectTimeout),
    Directive.of("proxy_send_timeout", `${DEFAULT_LIMITS.readTimeoutSeconds}s`),
    Directive.of("proxy_read_timeout", `${DEFAULT_LIMITS.readTimeoutSeconds}s`),
    Directive.of("proxy_next_upstream", nextUpstream),
    ...(timeout === undefined ? [] : [Directive.of("proxy_next_upstream_timeout", timeout)]),
    ...headers.map(([name, value]) => Directive.of("proxy_set_header", name, value)),
    ...(options.speaksGrpc ? grpcSettings(headers, options.isReplicated) : []),
    ...headerMaps(),
    ...realIp(trustedProxies),
    ...(publicTlsPort === undefined
      ? []
      : (Object.keys(VISITED) as (keyof typeof VISITED)[]).map((variable) =>
          Directive.byScheme(variable, publicPort, publicTlsPort, scheme),
        )),
  ];
}

/** The variables of forwarded headers. A text may bring them although another did: Nginx takes the last of equal ones. */
export function headerMaps(): Directive[] {
  return [
    Directive.websocketMap("$forwarded_upgrade", "websocket"),
    Directive.websocketMap("$forwarded_connection", "upgrade"),
    ...(Object.keys(PASSED) as (keyof typeof PASSED)[]).map((variable) => Directive.passedHeader(variable)),
  ];
}
