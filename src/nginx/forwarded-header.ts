import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";

/**
 * What frameworks and common middleware believe of a proxy, and a visitor has no reason to send. Not here are headers
 * that browsers' applications send themselves (`X-HTTP-Method-Override`), nor those by which an authenticating proxy
 * names a user: only a service that is told of such a proxy reads them.
 */
const BELIEVED: readonly string[] = [
  // that the visitor came by TLS
  ...["Front-End-Https", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Scheme", "X-Url-Scheme"],
  // which name was asked for
  ...["X-Forwarded-Server", "X-Host", "X-HTTP-Host-Override", "X-Original-Host"],
  // which path was asked for, and where the application is mounted
  ...["X-Forwarded-Path", "X-Forwarded-Prefix", "X-Forwarded-Uri", "X-Original-URI", "X-Original-URL"],
  ...["X-Rewrite-URL", "X-Script-Name"],
  // who asked: other proxies' words for it, none of which stands in front of us
  ...["CF-Connecting-IP", "CF-Connecting-IPv6", "Client-IP", "Fastly-Client-IP", "Fly-Client-IP", "Forwarded"],
  ...["Forwarded-For", "True-Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Forwarded", "X-Remote-Addr"],
  ...["X-Remote-IP"],
  // what a proxy tells the service to do: use another proxy, let files be sent from elsewhere
  ...["Proxy", "X-Accel-Mapping", "X-Sendfile-Type"],
];

const HOST = /^\$(?:host(?::[1-9]\d{0,4})?|visited_host)$/;
const FIXED: Readonly<Record<string, RegExp>> = {
  Host: HOST,
  Connection: /^\$forwarded_connection$/,
  Upgrade: /^\$forwarded_upgrade$/,
  "X-Forwarded-For": /^\$(?:remote_addr|proxy_add_x_forwarded_for)$/,
  "X-Forwarded-Host": /^\$(?:host(?::[1-9]\d{0,4})?|visited_host|passed_host)$/,
  "X-Forwarded-Port": /^(?:[1-9]\d{0,4}|\$visited_port|\$passed_port)$/,
  "X-Forwarded-Proto": /^\$(?:scheme|visitor_proto|passed_proto)$/,
  "X-Real-IP": /^\$(?:remote_addr|passed_real_ip)$/,
  "X-Request-ID": /^\$(?:request_id|passed_request_id)$/,
};

/** What services may be told about a request; every value is Nginx's own, a trusted sender's, a constant or nothing. */
const VALUES: ReadonlyMap<string, RegExp> = new Map([
  ...Object.entries(FIXED),
  ...BELIEVED.map((name) => [name, /^$/] as const),
]);

/** The words of `proxy_set_header`. @throws InvalidValueError for a header, or a value of it, that could be spoofed */
export function forwardedHeader(name: string, value: string): string[] {
  if (!VALUES.get(name)?.test(value)) {
    const rule = "must be one of the forwarded ones with its own value";
    throw new InvalidValueError({ subject: "request header", rule, got: `${name}: ${value}` });
  }
  return [name, value === "" ? '""' : value];
}

const UPGRADE = [
  ["Connection", "$forwarded_connection"],
  ["Upgrade", "$forwarded_upgrade"],
] as const;

/** The port that an address without one means, by the way that visitors come in. */
export const HTTP_PORT = 80;
export const TLS_PORT = 443;

/** Name and port as visitors typed them, for the addresses that services build. */
function visitedHost(port: number, usual: number): string {
  return parsePort(port, "public port") === usual ? "$host" : `$host:${port}`;
}

/** Variables that say by which name and port a visitor came, where some come by HTTP and some by TLS. */
export const VISITED = {
  $visited_host: visitedHost,
  $visited_port: (port: number, _usual: number) => `${port}`,
} as const;

/**
 * What a service is told about a visitor's request. Why so many empty ones: a header that Nginx does not set arrives as
 * the visitor sent it.
 *
 * @param port The one that visitors typed; `visited` where they come by TLS too, and {@link VISITED} says it
 */
export function headersOfVisitors(
  port: number | "visited",
  scheme: "$scheme" | "$visitor_proto" = "$scheme",
): [name: string, value: string][] {
  const host = port === "visited" ? "$visited_host" : visitedHost(port, HTTP_PORT);
  return [
    ["Host", host],
    ["X-Forwarded-For", "$remote_addr"],
    ["X-Forwarded-Host", host],
    ["X-Forwarded-Port", port === "visited" ? "$visited_port" : `${port}`],
    ["X-Forwarded-Proto", scheme],
    ["X-Real-IP", "$remote_addr"],
    ["X-Request-ID", "$request_id"],
    ...BELIEVED.map((name): [string, string] => [name, ""]),
    ...UPGRADE.map(([name, value]): [string, string] => [name, value]),
  ];
}

/**
 * What a service is told about a request by the Nginx of a host in front: what that knows of its visitor, who came by the
 * usual port. Why all else passes as it came: nobody else reaches this listener, and what visitors sent was emptied there.
 */
export function headersOfFront(): [name: string, value: string][] {
  return [
    ["Host", "$host"],
    ["X-Forwarded-For", "$remote_addr"],
    ["X-Forwarded-Host", "$passed_host"],
    ["X-Forwarded-Port", "$passed_port"],
    ["X-Forwarded-Proto", "$passed_proto"],
    ["X-Real-IP", "$remote_addr"],
    ["X-Request-ID", "$passed_request_id"],
    ["Proxy", ""],
    ...UPGRADE.map(([name, value]): [string, string] => [name, value]),
  ];
}

/** Variables that are what a trusted sender says, else what Nginx itself knows. */
export const PASSED = {
  $passed_host: ["$http_x_forwarded_host", "$host:$server_port"],
  $passed_port: ["$http_x_forwarded_port", "$server_port"],
  $passed_proto: ["$http_x_forwarded_proto", "$scheme"],
  $passed_real_ip: ["$http_x_real_ip", "$remote_addr"],
  $passed_request_id: ["$http_x_request_id", "$request_id"],
} as const;

/**
 * What a service is told about a request of its neighbour: whom that acts for, as the neighbour was told itself. Why all
 * else passes as it came: only services reach this listener, and what visitors sent was emptied at the edge.
 */
export function headersOfNeighbours(port: number): [name: string, value: string][] {
  return [
    ["Host", `$host:${parsePort(port, "internal port")}`],
    ["X-Forwarded-For", "$proxy_add_x_forwarded_for"],
    ["X-Forwarded-Host", "$passed_host"],
    ["X-Forwarded-Port", "$passed_port"],
    ["X-Forwarded-Proto", "$passed_proto"],
    ["X-Real-IP", "$passed_real_ip"],
    ["X-Request-ID", "$passed_request_id"],
    ["Proxy", ""],
    ...UPGRADE.map(([name, value]): [string, string] => [name, value]),
  ];
}
