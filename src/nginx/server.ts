import type { ProxyOptions } from "../release/proxy-options.ts";
import type { Site } from "../release/site.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { LIVE_FOLDER, path } from "./argument.ts";
import { Directive } from "./directive.ts";
import { headersOfNeighbours } from "./forwarded-header.ts";
import type { NginxFlavour } from "./main-configuration.ts";
import { largestLimits, passing } from "./pass-options.ts";
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

export type NginxRoute = NginxBackend & ProxyOptions;

export interface NginxSite extends ProxyOptions {
  /** The server name, e.g. `shop.example.com` or `*.example.com`. */
  readonly name: string;
  /** Backends by path, a bare word being a service; a path takes itself and everything below it, the longest one wins. */
  readonly routes: Readonly<Record<string, string | NginxRoute>>;
}

/** The sites of a release as a text has them. */
export function nginxSites(sites: readonly Site[]): NginxSite[] {
  return sites.map(({ name, routes, proxy }) => ({
    ...proxy,
    name,
    routes: Object.fromEntries(routes.map(({ path, to }) => [path, to])),
  }));
}

/** The largest limits of the sites and their routes, which hold between services. */
export function siteLimits(sites: readonly NginxSite[]): ProxyOptions {
  const routes = sites.flatMap((site) => Object.values(site.routes));
  return largestLimits([...sites, ...routes.filter((route) => typeof route !== "string")]);
}

/** A route and its path without the last slash, so that `/api` and `/api/` are one. */
type Location = NginxRoute & { readonly below: string };

/**
 * The server of one site's name. Why it sets no header of a request: one alone would lose all that hold for every server.
 *
 * @throws InvalidValueError for an unknown service or a path that two routes take
 */
export function siteServer(site: NginxSite, upstreams: Upstreams, edge: EdgeOptions = {}): Directive {
  const routes = sortedRoutes(site);
  return Directive.server([
    Directive.of("listen", listenOn(edge)),
    Directive.of("server_name", site.name),
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

export interface InternalListenerOptions {
  /** A port, or an address and a port as `172.17.0.1:9001`; never one that the outside reaches. */
  readonly listen: string | number;
  readonly service: string;
  /** @default - those of every server */
  readonly limits?: ProxyOptions;
}

/** The server by which other services reach one service; its address stays while containers come and go. */
export function internalListener(options: InternalListenerOptions, upstreams: Upstreams): Directive {
  const port = Number(`${options.listen}`.replace(/^.*:/, ""));
  return Directive.server([
    Directive.of("listen", options.listen, "default_server"),
    Directive.of("server_name", "_"),
    ...headersOfNeighbours(port).map(([name, value]) => Directive.of("proxy_set_header", name, value)),
    ...passing(options.limits ?? {}),
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
