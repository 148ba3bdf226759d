import type { Site } from "../release/site.ts";
import type { SiteSettings } from "../release/site-options.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { LIVE_FOLDER } from "./argument.ts";
import { Directive } from "./directive.ts";
import { HTTP_PORT, headersOfNeighbours } from "./forwarded-header.ts";
import { grpcSettings } from "./grpc.ts";
import { backendsOf, locationBlocks, type NginxRoutes, sortedLocations } from "./location.ts";
import type { NginxFlavour } from "./main-configuration.ts";
import { answerHeaders, maintenance, maintenanceByFile } from "./maintenance.ts";
import { largestLimits, passing } from "./pass-options.ts";
import { limiting } from "./rate-limit.ts";
import { noRealIp } from "./real-ip.ts";
import { type Origin, originOf, redirectToName } from "./redirect.ts";
import { errorPages, serverSettings } from "./site-settings.ts";
import type { Upstreams } from "./upstream.ts";

/** Where visitors come in. */
export interface EdgeOptions {
  /** The port that Nginx listens on. @default 80 */
  readonly port?: number;
  /** The one IP address that Nginx listens on. @default - every IPv4 address */
  readonly address?: string;
  /** The port that visitors type, for the addresses that services build. @default - `port` */
  readonly publicPort?: number;
  /** The port that Nginx listens on for TLS, where a site has it. @default 443 */
  readonly tlsPort?: number;
  /** The port that visitors type for TLS. @default - `tlsPort` */
  readonly publicTlsPort?: number;
  /** Whether proxies before it say how visitors came. @default false */
  readonly trustsProxies?: boolean;
}

export function listenOn({ port = HTTP_PORT, address }: EdgeOptions): string | number {
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

export interface NginxSite extends SiteSettings {
  /** The server name, e.g. `shop.example.com` or `*.example.com`. */
  readonly name: string;
  readonly routes: NginxRoutes;
  /** Whether its rate limit stands with each route, so that what stands beside them has none. @default false */
  readonly limitsRoutesAlone?: boolean;
  /** The site whose name this is one more of. @default - it is the site's own */
  readonly aliasOf?: string;
}

/** The sites of a release as a text has them. */
export function nginxSites(sites: readonly Site[]): NginxSite[] {
  return sites.map(({ name, routes, proxy }) => ({
    ...proxy,
    name,
    routes: Object.fromEntries(routes.map((route) => [route.path, { ...route.proxy, ...route.to }])),
  }));
}

/** The largest limits of the sites and their routes, which hold between services. */
export function siteLimits(sites: readonly NginxSite[]): SiteSettings {
  const routes = sites.flatMap((site) => Object.values(site.routes));
  const passing = routes.flatMap((route) => (typeof route === "string" || "redirect" in route ? [] : [route]));
  return largestLimits([...sites, ...passing]);
}

/**
 * The servers of one site: that of its name, and that of the names that lead there. Why neither sets a header of a
 * request: one alone would lose all that hold for every server.
 *
 * @param front How visitors come in to the first
 * @throws InvalidValueError for an unknown service or a path that two routes take
 */
export function siteServers(
  site: NginxSite,
  upstreams: Upstreams,
  edge: EdgeOptions = {},
  front: readonly Directive[] = [listenFor(site, edge)],
): Directive[] {
  return [siteServer(site, upstreams, front), ...redirectServers(site, edge)];
}

/** Where a site is found by HTTP. */
function listenFor({ defaultSite }: NginxSite, edge: EdgeOptions): Directive {
  return Directive.of("listen", listenOn(edge), ...(defaultSite ? (["default_server"] as const) : []));
}

function siteServer(site: NginxSite, upstreams: Upstreams, front: readonly Directive[]): Directive {
  const locations = sortedLocations(site.name, site.routes);
  const pages = errorPages(site);
  return Directive.server([
    ...front,
    Directive.of("server_name", site.name, ...(site.aliases ?? [])),
    ...passing(answerHeaders(site)),
    ...serverSettings(site),
    ...(site.limitsRoutesAlone ? [] : limiting(site.rateLimit, site.name, "")),
    ...pages.settings,
    ...(site.maintenance
      ? [maintenance(site.maintenance)]
      : [
          ...upstreams.choices(backendsOf(locations)),
          ...maintenanceByFile(site, site.aliasOf ?? site.name, upstreams.flavour),
          ...(locations[0]?.below === "" ? [] : [Directive.location("/", [Directive.of("return", "404")])]),
          ...locations.flatMap((location) => locationBlocks(location, site, upstreams)),
        ]),
    ...pages.locations,
  ]);
}

/** The server of the names whose visitors are sent to the site's own. */
export function redirectServers({ name, redirectFrom = [] }: NginxSite, edge: EdgeOptions): Directive[] {
  if (redirectFrom.length === 0) return [];
  return [
    Directive.server([
      Directive.of("listen", listenOn(edge)),
      Directive.of("server_name", ...redirectFrom),
      redirectToName(name, originOfVisitors(edge)),
    ]),
  ];
}

/** Why no port behind trusted proxies: visitors typed theirs, which is their scheme's own. */
function originOfVisitors(edge: EdgeOptions): Origin {
  return edge.trustsProxies ? { scheme: "$visitor_proto" } : originOf(publicPort(edge), HTTP_PORT);
}

/** The port that visitors type for HTTP. */
export function publicPort({ port = HTTP_PORT, publicPort = port }: EdgeOptions): number {
  return publicPort;
}

export interface InternalListenerOptions {
  /** A port, or an address and a port as `172.17.0.1:9001`; never one that the outside reaches. */
  readonly listen: string | number;
  readonly service: string;
  /** @default - those of every server */
  readonly limits?: SiteSettings;
  /** Whether proxies of visitors are believed elsewhere. @default false */
  readonly trustsProxies?: boolean;
}

/** The server by which other services reach one service; its address stays while containers come and go. */
export function internalListener(options: InternalListenerOptions, upstreams: Upstreams): Directive {
  const port = Number(`${options.listen}`.replace(/^.*:/, ""));
  return serverOfService(options, headersOfNeighbours(port), noRealIp(options.trustsProxies ?? false), upstreams);
}

/** A server that leads to one service, whatever name it is asked by. @param senders Who may ask, and whose word counts */
export function serverOfService(
  options: Omit<InternalListenerOptions, "trustsProxies">,
  headers: readonly [name: string, value: string][],
  senders: readonly Directive[],
  upstreams: Upstreams,
): Directive {
  const url = upstreams.urlOf(options);
  return Directive.server([
    Directive.of("listen", options.listen, url.grpc ? "http2 default_server" : "default_server"),
    Directive.of("server_name", "_"),
    ...(url.grpc
      ? grpcSettings(headers)
      : headers.map(([name, value]) => Directive.of("proxy_set_header", name, value))),
    ...senders,
    ...passing(options.limits ?? {}, {}, url.grpc ? "grpc" : "proxy"),
    ...serverSettings(options.limits ?? {}),
    ...upstreams.choices([options]),
    Directive.location("/", [Directive.of(url.grpc ? "grpc_pass" : "proxy_pass", url)]),
  ]);
}

/** Of Nginx's own loopback, where each kind of host has its {@link releaseMarker}; the shell that asks has the same. */
export const MARKER_PORT = 8100;

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
