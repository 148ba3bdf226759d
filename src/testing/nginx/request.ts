import { domainToASCII } from "node:url";
import { HTTP_PORT, TLS_PORT } from "../../nginx/forwarded-header.ts";

/** What a visitor asks, as Nginx sees it. */
export interface NginxRequest {
  readonly scheme: "http" | "https";
  /** In lower case, as DNS spells it. */
  readonly name: string;
  /** As it is typed. @default - the scheme's own */
  readonly port?: number;
  /** Path and query as they come. */
  readonly target: string;
  /** The visitor's address. @default - somebody of whom nothing is known */
  readonly from?: string;
  /** The scheme that the visitor used, where a trusted proxy ended TLS. @default - the visitor connects */
  readonly proxiedScheme?: string;
}

const URL_PARTS = /^(https?):\/\/([^/?#:]+)(?::(\d{1,5}))?([/?][^#]*)?(?:#.*)?$/is;

/**
 * What a client asks for `url`. Why not by `URL`: that resolves `..` and `\`, and Nginx has rules of its own for what
 * arrives as it was written.
 *
 * @throws for what is no http or https URL
 */
export function requestOf(url: string): NginxRequest {
  const [, scheme = "", name = "", port, rest = "/"] = URL_PARTS.exec(url) ?? [];
  if (name === "")
    throw new Error(`url must be an http or https URL, got ${JSON.stringify(url)}: write "https://shop.example.com/"`);
  return {
    scheme: scheme.toLowerCase() as NginxRequest["scheme"],
    name: (domainToASCII(name) || name.toLowerCase()).replace(/\.$/, ""),
    ...(port === undefined ? {} : { port: Number(port) }),
    target: encoded(rest.startsWith("/") ? rest : `/${rest}`),
  };
}

/** What no client sends as it is, percent-encoded. */
function encoded(target: string): string {
  return target.replace(/[^\x21-\x7e]+/gu, (text) => [...Buffer.from(text)].map(percent).join(""));
}

/** The port that a URL of `scheme` means where it names none. */
export function usualPort(scheme: string): number {
  return scheme === "https" ? TLS_PORT : HTTP_PORT;
}

/** The query of a target, without its question mark. */
export function queryOf(target: string): string {
  const at = target.indexOf("?");
  return at < 0 ? "" : target.slice(at + 1);
}

/**
 * The path by which Nginx chooses a location, byte by byte: decoded, `//` as one slash, `.` and `..` resolved. Nothing where
 * it answers 400.
 *
 * @see https://github.com/nginx/nginx/blob/release-1.22.1/src/http/ngx_http_parse.c (ngx_http_parse_complex_uri)
 */
export function normalizedPath(target: string): string | undefined {
  const written = target.replace(/[?#].*$/s, "");
  if (/%(?![0-9a-f]{2})|%00/i.test(written)) return undefined;
  const path = written.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment !== "..") segments.push(segment);
    else if (segments.pop() === undefined) return undefined;
  }
  return segments.length === 0 ? "/" : `/${segments.join("/")}${/\/\.{0,2}$/.test(path) ? "/" : ""}`;
}

/**
 * A path that Nginx has decoded, as it sends it on.
 *
 * @see https://github.com/nginx/nginx/blob/release-1.22.1/src/core/ngx_string.c (ngx_escape_uri)
 */
export function escapedPath(path: string): string {
  return path.replace(/[\x00-\x20"#%<>?\\^`{|}\x7f-\xff]/g, (byte) => percent(byte.charCodeAt(0)));
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
