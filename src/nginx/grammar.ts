import { InvalidValueError } from "../values/invalid-value-error.ts";
import { IpRange } from "../values/ip-range.ts";
import { isPrivateName } from "../values/private-name.ts";
import {
  ACME_FOLDER,
  type Argument,
  accessLog,
  certificatePath,
  cipherList,
  count,
  errorLog,
  fixedAddress,
  headerName,
  headerValue,
  includedFile,
  LIVE_FOLDER,
  listenAddress,
  oneOf,
  passwordPath,
  realm,
  resolverAddress,
  serverName,
  size,
  time,
} from "./argument.ts";
import { forwardedHeader } from "./forwarded-header.ts";
import { upstreamUrl } from "./request-target.ts";

const logged = oneOf(
  "$body_bytes_sent",
  "$host",
  "$http_user_agent",
  "$remote_addr",
  "$request_id",
  "$request_method",
  "$request_time",
  "$status",
  "$time_iso8601",
  "$upstream_addr",
  "$upstream_response_time",
  "$uri",
);

/** What a line of the access log may hold; no query, cookie or authorization, since tokens travel there. */
export type LogFields = Readonly<Record<string, Parameters<typeof logged>[0]>>;

/** The shape of one line of the access log: a JSON object, a field a variable. */
function logFields(fields: LogFields): string {
  const members = Object.entries(fields).map(([field, variable]) => {
    if (!/^[a-z_]+$/.test(field)) {
      throw new InvalidValueError({ subject: "log field", rule: "must be lower-case letters", got: field });
    }
    return `"${field}":"${logged(variable)}"`;
  });
  return `'{${members.join(",")}}'`;
}

export type Context = "main" | "events" | "http" | "upstream" | "server" | "location" | "map";

/** Where a directive may stand, and how its values are checked and printed. */
export interface Rule<V extends readonly unknown[] = never[]> {
  readonly within: readonly Context[];
  readonly print: (...values: V) => string[];
}

type Values<A extends readonly Argument[]> = { [I in keyof A]: A[I] extends Argument<infer T> ? T : never };

function rule<const A extends readonly Argument[]>(within: readonly Context[], needed: A): Rule<Values<A>> {
  return { within, print: (...values: readonly unknown[]) => printed(needed, values) };
}

/** A rule whose last value may be left out. */
function ruleUpTo<const A extends readonly Argument[], L>(
  within: readonly Context[],
  needed: A,
  last: Argument<L>,
): Rule<[...Values<A>, last?: L]> {
  const print = (...values: readonly unknown[]) =>
    printed(values.length > needed.length ? [...needed, last] : needed, values);
  return { within, print };
}

function printed(kinds: readonly Argument[], values: readonly unknown[]): string[] {
  if (values.length !== kinds.length) throw new TypeError(`takes ${kinds.length} values, got ${values.length}`);
  return kinds.map((kind, index) => kind(values[index] as never));
}

/** @throws InvalidValueError for none */
function serverNames(...names: string[]): string[] {
  if (names.length === 0) throw new TypeError("takes 1 value or more, got 0");
  return names.map(serverName);
}

/** A word of one shape. */
function matching(shape: RegExp): Argument<string> {
  return (value) => {
    if (shape.test(value)) return value;
    throw new InvalidValueError({ subject: "nginx word", rule: `must match ${shape}`, got: value });
  };
}

/** A range of addresses, a name that stands for an address, or sockets of the machine itself. */
function realIpSource(value: string): string {
  return value === "unix:" || isPrivateName(value) ? value : `${IpRange.parse(value)}`;
}

function limitWords(zone: string, ...burst: string[]): string[] {
  const [size, nodelay, ...more] = burst;
  if (size !== undefined && (nodelay !== "nodelay" || more.length > 0))
    throw new TypeError("takes zone, burst, nodelay");
  const words = [matching(/^zone=rate_[0-9a-f]{8}$/)(zone)];
  return size === undefined ? words : [...words, matching(/^burst=[1-9]\d*$/)(size), "nodelay"];
}

function mediaTypes(...types: string[]): string[] {
  return types.map(matching(/^[a-z]+\/[a-z0-9.+-]+$/));
}

const ON = oneOf("on");
const OFF = oneOf("off");
const PASSING = ["server", "location"] as const;
const ANYWHERE = ["http", "server", "location"] as const;

/** Every directive that can be written. What is not here (`alias`, `if`, `rewrite`, `allow`, regular expressions) cannot. */
export const GRAMMAR = {
  // main and events
  user: rule(["main"], [oneOf("www-data")]),
  worker_processes: rule(["main"], [oneOf("auto")]),
  worker_rlimit_nofile: rule(["main"], [count]),
  error_log: rule(["main"], [errorLog, oneOf("warn")]),
  worker_connections: rule(["events"], [count]),
  include: rule(["http"], [includedFile]),

  // what holds for every server
  server_tokens: rule(["http"], [OFF]),
  log_format: rule(["http"], [oneOf("slipway"), oneOf("escape=json"), logFields]),
  open_file_cache: rule(["http"], [OFF]),
  access_log: ruleUpTo(["http", "server"], [accessLog], oneOf("slipway")),
  resolver: rule(["http"], [resolverAddress, oneOf("valid=1s", "valid=2s"), oneOf("ipv6=off")]),
  resolver_timeout: rule(["http"], [time]),
  variables_hash_bucket_size: rule(["http"], [count]),
  server_names_hash_bucket_size: rule(["http"], [count]),
  server_names_hash_max_size: rule(["http"], [count]),
  proxy_headers_hash_bucket_size: rule(["http"], [count]),
  proxy_headers_hash_max_size: rule(["http"], [count]),
  client_header_timeout: rule(["http"], [time]),
  proxy_http_version: rule(["http"], [oneOf("1.1")]),
  proxy_redirect: rule(["http"], [OFF]),
  proxy_next_upstream: rule(["http"], [oneOf("error", "error timeout")]),
  proxy_next_upstream_timeout: rule(["http"], [time]),
  proxy_buffer_size: rule(["http", "server"], [size]),
  proxy_buffers: rule(["http", "server"], [count, size]),
  proxy_connect_timeout: rule(["http"], [time]),

  // TLS
  ssl_protocols: rule(["http"], [oneOf("TLSv1.2"), oneOf("TLSv1.3")]),
  ssl_ciphers: rule(["http"], [cipherList]),
  ssl_prefer_server_ciphers: rule(["http"], [OFF]),
  ssl_session_cache: rule(["http"], [oneOf("shared:tls:2m")]),
  ssl_session_timeout: rule(["http"], [time]),
  ssl_session_tickets: rule(["http"], [OFF]),
  ssl_reject_handshake: rule(["server"], [ON]),
  ssl_certificate: rule(["server"], [certificatePath]),
  ssl_certificate_key: rule(["server"], [certificatePath]),

  // passwords
  auth_basic: rule(["server"], [realm]),
  auth_basic_user_file: rule(["server"], [passwordPath]),

  // proxies before this one
  set_real_ip_from: rule(ANYWHERE, [realIpSource]),
  real_ip_header: rule(["http", "server"], [oneOf("X-Forwarded-For", "CF-Connecting-IP")]),
  real_ip_recursive: rule(["http"], [ON]),

  // upstreams
  server: rule(["upstream"], [fixedAddress]),
  keepalive: rule(["upstream"], [count]),
  keepalive_timeout: rule(["upstream"], [time]),

  // servers and locations
  listen: ruleUpTo(
    ["server"],
    [listenAddress],
    oneOf("default_server", "http2 default_server", "ssl http2", "ssl http2 default_server"),
  ),
  server_name: { within: ["server"], print: serverNames } satisfies Rule<string[]>,
  absolute_redirect: rule(["location"], [OFF]),
  default_type: rule(PASSING, [oneOf("text/plain", "text/html")]),
  charset: rule(["location"], [oneOf("utf-8")]),
  return: ruleUpTo(PASSING, [oneOf("200", "404", "444", "503")], oneOf("$configuration_id")),
  client_max_body_size: rule(ANYWHERE, [size]),
  large_client_header_buffers: rule(["server"], [count, size]),
  underscores_in_headers: rule(["server"], [ON]),
  limit_req_zone: rule(
    ["http"],
    [oneOf("$binary_remote_addr"), matching(/^zone=rate_[0-9a-f]{8}:1m$/), matching(/^rate=[1-9]\d*r\/[sm]$/)],
  ),
  limit_req: { within: PASSING, print: limitWords } satisfies Rule<[zone: string, ...burst: string[]]>,
  limit_req_status: rule(PASSING, [oneOf("429")]),
  gzip: rule(PASSING, [oneOf("on", "off")]),
  gzip_vary: rule(PASSING, [ON]),
  gzip_proxied: rule(PASSING, [oneOf("any")]),
  gzip_min_length: rule(PASSING, [count]),
  gzip_types: { within: PASSING, print: mediaTypes } satisfies Rule<string[]>,
  proxy_buffering: rule(ANYWHERE, [oneOf("on", "off")]),
  proxy_send_timeout: rule(ANYWHERE, [time]),
  proxy_read_timeout: rule(ANYWHERE, [time]),
  proxy_set_header: { within: ANYWHERE, print: forwardedHeader } satisfies Rule<[name: string, value: string]>,
  client_body_timeout: rule(PASSING, [time]),
  grpc_buffer_size: rule(ANYWHERE, [size]),
  grpc_connect_timeout: rule(ANYWHERE, [time]),
  grpc_next_upstream: rule(ANYWHERE, [oneOf("error", "error timeout")]),
  grpc_next_upstream_timeout: rule(ANYWHERE, [time]),
  grpc_send_timeout: rule(ANYWHERE, [time]),
  grpc_read_timeout: rule(ANYWHERE, [time]),
  grpc_set_header: { within: ANYWHERE, print: forwardedHeader } satisfies Rule<[name: string, value: string]>,
  grpc_hide_header: rule(PASSING, [headerName]),
  grpc_pass: rule(["location"], [upstreamUrl]),
  proxy_hide_header: rule(PASSING, [headerName]),
  add_header: rule(PASSING, [headerName, headerValue, oneOf("always")]),
  root: rule(["location"], [oneOf(LIVE_FOLDER, ACME_FOLDER)]),
  try_files: rule(["location"], [oneOf("/release"), oneOf("=503")]),
  proxy_pass: rule(["location"], [upstreamUrl]),
} as const;

/** What a block inherits only as long as it has none of the same name itself. */
export const INHERITED_AS_A_WHOLE: ReadonlySet<string> = new Set([
  "add_header",
  "grpc_hide_header",
  "grpc_set_header",
  "proxy_hide_header",
  "proxy_set_header",
]);

/** What may stand more than once in a block, then with different first words. */
export const REPEATABLE: ReadonlySet<string> = new Set([
  ...INHERITED_AS_A_WHOLE,
  "allow",
  "error_page",
  "geo",
  "set_real_ip_from",
  "if",
  "listen",
  "location",
  "map",
  "set",
  "upstream",
]);
