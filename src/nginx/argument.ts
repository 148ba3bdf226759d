import { isIP, isIPv4 } from "node:net";
import { isHostGateway } from "../values/host-gateway.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { isPrivateName } from "../values/private-name.ts";
import { ServerName } from "../values/server-name.ts";
import { quote } from "./quote.ts";

/** One place in a directive: checks what is put there and prints it as Nginx reads it. */
export type Argument<T = never> = (value: T) => string;

const HIGHEST_NUMBER = 2n ** 63n - 1n;
const FACTORS: Readonly<Record<string, bigint>> = { "": 1n, k: 1024n, m: 1024n ** 2n, g: 1024n ** 3n };

// descending units, each once; a last number without a unit counts seconds
const TIME = /^(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?(?:(\d+)ms)?$/;
const UNITS = [604_800_000n, 86_400_000n, 3_600_000n, 60_000n, 1000n, 1n];

// path = 1*( "/" segment ); what needs an escape in a URI never matches, since Nginx compares decoded paths
const PATH = /^\/(?:[A-Za-z0-9._~!&()+,=:@-]+(?:\/[A-Za-z0-9._~!&()+,=:@-]+)*\/?)?$/;

const HOST = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

// token of RFC 9110 without "$", which Nginx would expand
const HEADER_NAME = /^[A-Za-z0-9!#%&'*+.^_`|~-]{1,60}$/;
/** What Nginx or the backend must decide for each answer; a constant there breaks the answer or the connection. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  ...["accept-ranges", "allow", "connection", "content-encoding", "content-length", "content-range", "content-type"],
  ...["date", "etag", "keep-alive", "last-modified", "location", "server", "set-cookie", "te", "trailer"],
  ...["transfer-encoding", "upgrade", "vary", "www-authenticate"],
]);

function refuse(subject: string, rule: string, got: unknown, remedy?: string): never {
  throw new InvalidValueError({ subject, rule, got, remedy });
}

/** One of a closed list of words. */
export function oneOf<const W extends string>(...words: W[]): Argument<W> {
  return (value) => (words.includes(value) ? value : refuse("nginx word", `must be ${words.join(" or ")}`, value));
}

export function count(value: number): string {
  return Number.isSafeInteger(value) && value > 0
    ? `${value}`
    : refuse("nginx count", "must be a whole number from 1", value);
}

/** The bytes of a size; 0 where it switches the limit off. @throws InvalidValueError for what is none */
export function sizeInBytes(value: string): number {
  const [, digits = "", unit = ""] = /^(\d+)(.?)$/.exec(size(value).toLowerCase()) ?? [];
  return Number(BigInt(digits) * (FACTORS[unit] ?? 1n));
}

/** A size as `client_max_body_size` reads it: bytes, or with `k`, `m`, `g`; 0 switches the limit off. */
export function size(value: string): string {
  const match = /^(\d{1,19})([kmg]?)$/i.exec(value);
  if (!match || BigInt(match[1] as string) * (FACTORS[match[2]?.toLowerCase() ?? ""] ?? 1n) > HIGHEST_NUMBER) {
    return refuse(
      "nginx size",
      "must be a whole number, with k, m or g for multiples of 1024",
      value,
      'write it like "10m"',
    );
  }
  return value;
}

/** A duration as Nginx reads it, e.g. `60s` or `1h30m`. */
export function time(value: string): string {
  const parts = value.length > 60 ? undefined : TIME.exec(value)?.slice(1);
  const milliseconds = parts?.reduce((sum, part, index) => sum + BigInt(part ?? 0) * (UNITS[index] ?? 0n), 0n);
  if (milliseconds === undefined || milliseconds > HIGHEST_NUMBER) {
    return refuse("nginx time", "must be whole numbers with w, d, h, m, s or ms", value, 'write it like "60s"');
  }
  return value;
}

/** `port` or `address:port` to listen on, the address an IP. */
export function listenAddress(value: string | number): string {
  if (typeof value === "number" || /^\d+$/.test(value)) return `${parsePort(value, "listen port")}`;
  const [, address = "", port = ""] = /^(.*):(\d+)$/.exec(value) ?? [];
  const bare = /^\[(.*)\]$/.exec(address)?.[1];
  if (bare === undefined ? !isIPv4(address) : isIP(bare) !== 6) {
    return refuse(
      "listen address",
      "must be a port, or an IP address and a port",
      value,
      'write it like "127.0.0.1:8100"',
    );
  }
  return `${address}:${parsePort(port, "listen port")}`;
}

/** `host:port` of a backend; a constant, so that no request decides where it goes. */
export function backendAddress(value: string): string {
  const [, host = "", port = ""] = /^(.*):(\d+)$/.exec(value) ?? [];
  const bare = /^\[(.*)\]$/.exec(host)?.[1];
  const numeric = /^[\d.]+$/.test(host);
  if (bare === undefined ? !(numeric ? isIPv4(host) : HOST.test(host)) : isIP(bare) !== 6) {
    return refuse("backend address", "must be a host and a port", value, 'write it like "10.0.0.5:8080"');
  }
  return `${host}:${parsePort(port, "backend port")}`;
}

/**
 * `address:port` of a backend whose address does not change: an IP address, or the machine of Nginx's own container. Why
 * no other name: Nginx would refuse to start where it does not resolve.
 */
export function fixedAddress(value: string): string {
  const isFixed = isHostGateway(value) || isNumericAddress(value);
  return isFixed ? backendAddress(value) : refuse("upstream address", "must be an IP address and a port", value);
}

/** Whether the host of `host:port` is an IP address, or the name that stands for one. */
export function isNumericAddress(address: string): boolean {
  const host = address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return isIP(host) !== 0 || isPrivateName(host);
}

/** The one address that a host in front has, or the name that stands for it. */
export function frontAddress(value: string): string {
  const fits = isIPv4(value) || isPrivateName(value);
  return fits ? value : refuse("address of a front", "must be an IPv4 address", value);
}

/** A server's name; `_` is the one that no request has. */
export function serverName(value: ServerName | "_" | string): string {
  return value === "_" ? value : `${typeof value === "string" ? ServerName.parse(value) : value}`;
}

/** A path of a route: whole segments, compared as written. */
export function path(value: string): string {
  const bad = (rule: string, remedy?: string) => refuse("route path", rule, value, remedy);
  if (!value.startsWith("/")) return bad('must begin with "/"', `use ${JSON.stringify(`/${value}`)}`);
  if (value.includes("*")) return bad('must not hold "*"', "leave it out: a route takes everything below its path");
  if (/[?#]/.test(value)) return bad("must not hold a query or a fragment", "nginx routes by path alone");
  if (value.includes("%")) return bad("must not be percent-encoded", "nginx compares decoded paths");
  if (value.includes("//")) return bad('must not hold "//"', "nginx merges slashes before it compares");
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(value))
    return bad('must not hold "." or ".." segments', "nginx resolves them before it compares");
  if (!PATH.test(value))
    return bad("must be made of letters, digits and -._~!&()+,=:@ between its slashes", "it is no regular expression");
  return quote(value, "route path");
}

/** An absolute path of a file, or of all `.conf` files of a folder. */
export function file(value: string): string {
  const fits =
    /^(?:\/[A-Za-z0-9._@+-]+)*\/(?:[A-Za-z0-9._@+-]+|\*\.conf)$/.test(value) && !/\/\.\.?(?:\/|$)/.test(value);
  return fits ? value : refuse("nginx file", "must be an absolute path of plain characters", value);
}

/** What a configuration takes in: files beside it, that nobody else writes. */
export function includedFile(value: string): string {
  return value.startsWith("/etc/nginx/") ? file(value) : refuse("nginx include", "must be below /etc/nginx/", value);
}

/**
 * The folder of the live generation, a link that a release moves: what requests depend on and a reload need not happen
 * for. Nginx's workers look into it as www-data, so every folder on the way must let it through (mode 711).
 */
export const LIVE_FOLDER = "/var/lib/slipway/live";

/** The folder in which an instance answers an ACME server, by the path that was asked for. */
export const ACME_FOLDER = "/var/lib/slipway/acme/www";

const CERTIFICATE = /^(?:\/var\/lib\/slipway|\/etc\/nginx\/slipway)\/tls\/[a-z0-9_][a-z0-9.-]*\.pem$/;

/** A file with a certificate and its key, where Slipway puts them and nothing else. */
export function certificatePath(value: string): string {
  return CERTIFICATE.test(value) ? value : refuse("certificate file", "must be one of ours", value);
}

const PASSWORDS = /^(?:\/run\/slipway-htpasswd|\/etc\/nginx\/slipway\/htpasswd)\/[a-z0-9_][a-z0-9.-]*-[0-9a-f]{8}$/;

/** A file with users and the hashes of their passwords, where Slipway puts them and nothing else. */
export function passwordPath(value: string): string {
  return PASSWORDS.test(value) ? value : refuse("password file", "must be one of ours", value);
}

/** What browsers say when they ask for a password; `off` would let everybody in. */
export function realm(value: string): string {
  return value === "off" ? refuse("realm", "must not be off", value) : quote(value, "realm");
}

/** Names of OpenSSL's for suites, colons between. */
export function cipherList(value: string): string {
  return /^[A-Z0-9-]+(?::[A-Z0-9-]+)*$/.test(value) ? value : refuse("cipher list", "must be names of suites", value);
}

/** A file of the live folder. */
export function liveFile(name: string): string {
  const fits = /^[a-z](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9]+)?$/.test(name);
  return fits ? `${LIVE_FOLDER}/${name}` : refuse("live file", "must be a plain name", name);
}

/** Where the error log goes: a file, or the stream that Nginx has, whatever it is. */
export function errorLog(value: string): string {
  return value === "stderr" ? value : file(value);
}

/** Where the access log goes: a file, or nowhere. */
export function accessLog(value: string): string {
  return value === "off" ? value : file(value);
}

export function headerName(value: string): string {
  if (!HEADER_NAME.test(value)) return refuse("header name", "must be letters, digits and dashes, 60 at most", value);
  if (RESERVED_HEADERS.has(value.toLowerCase())) {
    return refuse(
      "header name",
      "must be one that the answer itself does not decide",
      value,
      "let the service send it",
    );
  }
  return value;
}

export function headerValue(value: string): string {
  if (!/^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value)) {
    return refuse("header value", "must be printable ASCII on one line, not empty, with no space around it", value);
  }
  return quote(value, "header value");
}

/** The address of a name server that nobody outside can answer for, loopback or private; a port may follow. */
export function resolverAddress(value: string): string {
  const [, address = "", port] = /^([\d.]+?)(?::(\d+))?$/.exec(value) ?? [];
  if (port !== undefined) parsePort(port, "resolver port");
  const fits = isIPv4(address) && /^(?:127|10|192\.168|169\.254|172\.(?:1[6-9]|2\d|3[01]))\./.test(value);
  return fits
    ? value
    : refuse("resolver", "must be a loopback or private IPv4 address", value, "answers of a public one can be forged");
}

/** The word for a backend of ours: `slipway_<service>`, `slipway_<service>_<slot>` or `backend_<number>`. */
export function upstreamName(value: string): string {
  return /^(?:slipway|backend)_[a-z0-9_]+$/.test(value)
    ? value
    : refuse("nginx upstream", "must be a name of ours", value);
}
