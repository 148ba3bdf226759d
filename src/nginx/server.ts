import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { LIVE_FOLDER, path } from "./argument.ts";
import { Directive } from "./directive.ts";
import type { NginxFlavour } from "./main-configuration.ts";
import type { NginxBackend, Upstreams } from "./upstream.ts";

/** Where visitors come in. */
export interface EdgeOptions {
  /** The port that Nginx listens on. @default 80 */
  readonly port?: number;
  /** The one IP address that Nginx listens on. @default - every IPv4 address */
  readonly address?: string;
  /** The port that visitors type, for the addresses that services build. @default - `port` */
  readonly publicPort?: number;
}

export function listenOn({ port = 80, address }: EdgeOptions): string | number {
  return address === undefined ? port : `${address}:${parsePort(port, "listen port")}`;
}

/** The server for whatever names no site: it closes the connection without an answer. */
export function defaultServer(edge: EdgeOptions = {}): Directive {
  return Directive.server([
    Directive.of("listen", listenOn(edge), "default_server"),
    Directive.of("server_name", "_"),
    Directive.of("return", "444"),
  ]);
}

export type NginxRoute = NginxBackend & PassOptions;

export interface NginxSite extends PassOptions {
  /** The server name, e.g. `shop.example.com` or `*.example.com`. */
  readonly name: string;
  /** Backends by path, a bare word being a service; a path takes itself and everything below it, the longest one wins. */
  readonly routes: Readonly<Record<string, string | NginxRoute>>;
}

/** A route and its path without the last slash, so that `/api` and `/api/` are one. */
type Location = NginxRoute & { readonly below: string };

/** The server of one site's name. @throws InvalidValueError for an unknown service or a path that two routes take */
export function siteServer(site: NginxSite, upstreams: Upstreams, edge: EdgeOptions = {}): Directive {
  const routes = sortedRoutes(site);
  return Directive.server([
    Directive.of("listen", listenOn(edge)),
    Directive.of("server_name", site.name),
    ...forwarding({ port: edge.publicPort ?? edge.port ?? 80 }),
    ...passing(site),
    ...upstreams.choices(routes),
    ...(routes[0]?.below === "" ? [] : [Directive.location("/", [Directive.of("return", "404")])]),
    ...routes.flatMap((route) =>
      locations(route, [...passing(route, site), Directive.of("proxy_pass", upstreams.urlOf(route))]),
    ),
  ]);
}

function sortedRoutes(site: NginxSite): Location[] {
  const taken = new Map<string, Location>();
  for (const [at, to] of Object.entries(site.routes)) {
    const below = path(at).replace(/\/$/, "");
    if (taken.has(below)) {
      const rule = `must be routed once in ${site.name}, with or without a slash at its end`;
      throw new InvalidValueError({ subject: "route path", rule, got: at });
    }
    taken.set(below, { below, ...(typeof to === "string" ? { service: to } : to) });
  }
  return [...taken.values()].sort((a, b) => (a.below < b.below ? -1 : 1));
}

/** Why two: a bare prefix `/api` would take `/apiary` too. */
function locations(route: Location, children: readonly Directive[]): Directive[] {
  const below = Directive.location(`${route.below}/`, children);
  return route.below === "" ? [below] : [Directive.exactLocation(route.below, children), below];
}

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

/** The options as directives; the headers of `around` are repeated, since a block with its own inherits none. */
function passing(options: PassOptions, around: PassOptions = {}): Directive[] {
  const own = options.headers ?? {};
  const headers = Object.keys(own).length === 0 ? [] : [...merged(around.headers ?? {}, own)];
  return [
    ...headers.map(([name]) => Directive.of("proxy_hide_header", name)),
    ...headers.map(([name, value]) => Directive.of("add_header", name, value, "always")),
    ...(options.maxBodySize === undefined ? [] : [Directive.of("client_max_body_size", options.maxBodySize)]),
    ...(options.readTimeoutSeconds === undefined ? [] : timeouts(options.readTimeoutSeconds)),
  ];
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

export interface ForwardingOptions {
  /** The port that the request's sender typed, for the addresses that services build. */
  readonly port: number;
  /** Whether senders are services of ours, which may pass on whom they act for. @default false */
  readonly trusted?: boolean;
}

/**
 * What a service is told about a request. Why so many empty ones: a header that Nginx does not set arrives as the
 * visitor sent it, and frameworks believe these.
 */
function forwarding(options: ForwardingOptions): Directive[] {
  const port = parsePort(options.port, "public port");
  const host = port === 80 ? "$host" : `$host:${port}`;
  const headers: Readonly<Record<string, string>> = {
    Host: host,
    "X-Forwarded-For": options.trusted ? "$proxy_add_x_forwarded_for" : "$remote_addr",
    "X-Forwarded-Host": host,
    "X-Forwarded-Port": `${port}`,
    "X-Forwarded-Prefix": "",
    "X-Forwarded-Proto": "$scheme",
    "X-Real-IP": "$remote_addr",
    "X-Request-ID": "$request_id",
    Forwarded: "",
    Proxy: "",
    Connection: "$forwarded_connection",
    Upgrade: "$forwarded_upgrade",
  };
  return Object.entries(headers).map(([name, value]) => Directive.of("proxy_set_header", name, value));
}

export interface InternalListenerOptions {
  /** A port, or an address and a port as `172.17.0.1:9001`; never one that the outside reaches. */
  readonly listen: string | number;
  readonly service: string;
}

/** The server by which other services reach one service; its address stays while containers come and go. */
export function internalListener(options: InternalListenerOptions, upstreams: Upstreams): Directive {
  const port = Number(`${options.listen}`.replace(/^.*:/, ""));
  return Directive.server([
    Directive.of("listen", options.listen, "default_server"),
    Directive.of("server_name", "_"),
    ...forwarding({ port, trusted: true }),
    ...upstreams.choices([options]),
    Directive.location("/", [Directive.of("proxy_pass", upstreams.urlOf(options))]),
  ]);
}

/**
 * A server on Nginx's own loopback that answers what it serves. On an instance `/` answers the live folder's file
 * `release`, which moves without a reload, and `/configuration` the constant of the texts that are loaded; in a
 * container, where every release reloads, the constant is all. Why a constant: a reload only asks; the answer shows that
 * it happened. Workers of before may take connections for a moment longer, so drain after it.
 */
export function releaseMarker(flavour: NginxFlavour, port: number): Directive {
  const configuration = Directive.of("return", "200", "$configuration_id");
  return Directive.server([
    Directive.of("listen", `127.0.0.1:${parsePort(port, "marker port")}`),
    Directive.of("server_name", "_"),
    Directive.of("access_log", "off"),
    Directive.of("default_type", "text/plain"),
    ...(flavour === "container"
      ? [configuration]
      : [
          Directive.location("/", [Directive.of("return", "404")]),
          Directive.exactLocation("/", [
            Directive.of("root", LIVE_FOLDER),
            Directive.of("try_files", "/release", "=503"),
          ]),
          Directive.exactLocation("/configuration", [configuration]),
        ]),
  ]);
}

/** The text of `release.conf`, which stands beside the sites' file when that has a marker. */
export function releaseFile(id: string): string {
  if (!/^[A-Za-z0-9._-]{1,128}$/.test(id)) {
    const rule = "must be at most 128 letters, digits, dots, dashes and underscores";
    throw new InvalidValueError({ subject: "release id", rule, got: id });
  }
  return Directive.constant("$configuration_id", id).print();
}
