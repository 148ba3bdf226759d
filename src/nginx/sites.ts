import { declaredOnce } from "../release/declared-once.ts";
import type { Front } from "../release/front.ts";
import type { TrustedProxies } from "../release/trusted-proxies.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { ServerName } from "../values/server-name.ts";
import { Directive } from "./directive.ts";
import { HTTP_PORT, TLS_PORT } from "./forwarded-header.ts";
import { frontListeners } from "./front-listener.ts";
import { backendsOf, limitsOf, restsOfPaths, sortedLocations } from "./location.ts";
import { httpSettings, type NginxFlavour } from "./main-configuration.ts";
import { rateZones } from "./rate-limit.ts";
import {
  defaultServer,
  type EdgeOptions,
  internalListener,
  listenOn,
  releaseMarker,
  siteLimits,
  siteServers,
} from "./server.ts";
import {
  defaultTlsServer,
  isTlsSite,
  lostServer,
  type NginxTlsSite,
  publicTlsPort,
  securedServers,
  serversBefore,
  tlsSettings,
} from "./tls.ts";
import { type NginxService, Upstreams } from "./upstream.ts";

/** What {@link renderSites} takes. */
export interface SitesOptions extends Omit<EdgeOptions, "trustsProxies"> {
  readonly flavour: NginxFlavour;
  readonly services: readonly NginxService[];
  /** As {@link nginxTlsSites} has them, where some have TLS. */
  readonly sites: readonly NginxTlsSite[];
  /** The loopback port of the release marker; its answer stands in `release.conf`. @default - no marker */
  readonly markerPort?: number;
  /** The name server for backends that are found by name. @default - Docker's in a container, systemd's on an instance */
  readonly resolver?: string;
  /** Seconds for which an answer of the name server counts. @default 2 */
  readonly resolverSeconds?: 1 | 2;
  /** Whether a service may be on several machines, of which one may be lost. @default false */
  readonly isReplicated?: boolean;
  /** Proxies whose word about visitors is believed. @default - none */
  readonly trustedProxies?: TrustedProxies;
  /** Hosts in front, whose Nginx reaches services by their {@link NginxService.frontListener}. @default - none */
  readonly fronts?: readonly Front[];
}

/**
 * The text of `sites.conf`: everything of Nginx that a release may change but which containers are live, which
 * stands in files beside it: in a container an upstream file a service, on an instance the files of the live folder and
 * those of {@link renderTlsSites}. The order of declaration does not show in it.
 *
 * @throws InvalidValueError for two services or sites of one name, two routes of one path, two listeners of one port
 */
export function renderSites(options: SitesOptions): string {
  const { flavour } = options;
  const port = parsePort(options.port ?? HTTP_PORT, "listen port");
  const { services, sites, placed, upstreams, speaksGrpc } = parts(options);
  const isSecured = sites.some(isTlsSite);
  const internal = services.filter((service) => service.internalListener !== undefined);
  refuseSharedPorts(options, services, isSecured);
  const limits = siteLimits(sites);
  const trustsProxies = options.trustedProxies !== undefined;
  return Directive.file("http", [
    ...httpSettings(flavour, {
      publicPort: options.publicPort ?? port,
      publicTlsPort: isSecured ? publicTlsPort(options) : undefined,
      resolver: options.resolver,
      resolverSeconds: options.resolverSeconds,
      isReplicated: options.isReplicated,
      trustedProxies: options.trustedProxies,
      speaksGrpc,
    }),
    ...(isSecured ? tlsSettings() : []),
    ...rateZones(
      placed
        .filter(({ site: { tls } }) => tls?.redirectTo === undefined)
        .flatMap(({ site, locations }) => limitsOf(site, locations)),
    ),
    ...restsOfPaths(placed.flatMap(({ locations }) => locations)),
    ...upstreams.directives(),
    ...(sites.some(({ defaultSite }) => defaultSite) ? [] : [defaultServer(options)]),
    ...(isSecured ? [defaultTlsServer(options)] : []),
    ...sites.flatMap((site) => {
      if (!isTlsSite(site)) return siteServers(site, upstreams, { ...options, trustsProxies });
      return flavour === "container" ? securedServers(site, upstreams, options) : [];
    }),
    ...internal.map((service) =>
      internalListener(
        { listen: service.internalListener ?? 0, service: service.name, limits, trustsProxies },
        upstreams,
      ),
    ),
    ...frontListeners(services, options.fronts ?? [], upstreams),
    ...(options.markerPort === undefined ? [] : [releaseMarker(flavour, options.markerPort)]),
  ]);
}

/** What an instance serves by one name by whether it has the certificate, each a text for a file beside `sites.conf`. */
export interface TlsTexts {
  /** Before the first certificate. */
  readonly before: string;
  /** With one. */
  readonly secured: string;
  /** When the one that was there is lost. */
  readonly lost: string;
}

/**
 * The texts of an instance's names with TLS. Why three and not one: Nginx does not start without a certificate that its
 * text names, and which of them are there is known to the host alone, at any time.
 */
export function renderTlsSites(options: SitesOptions): Record<string, TlsTexts> {
  const { sites, upstreams } = parts(options);
  const text = (servers: Directive[]) => Directive.file("http", servers);
  return Object.fromEntries(
    sites.filter(isTlsSite).map((site) => [
      site.name,
      {
        before: text(serversBefore(site, upstreams, options)),
        secured: text(securedServers(site, upstreams, options)),
        lost: text([lostServer(site, options)]),
      },
    ]),
  );
}

function parts(options: SitesOptions) {
  const services = sortedOnce("service name", options.services, (service) => service.name);
  const sites = sortedOnce("server name", options.sites, (site) => `${ServerName.parse(site.name)}`);
  const placed = sites.map((site) => ({ site, locations: sortedLocations(site.name, site.routes) }));
  const others = backendsOf(placed.flatMap(({ locations }) => locations)).flatMap((to) =>
    "address" in to ? [to] : [],
  );
  const addresses = others.map(({ address }) => address);
  const grpcAddresses = new Set(others.flatMap(({ address, grpc }) => (grpc ? [address] : [])));
  const upstreams = new Upstreams(options.flavour, services, addresses, grpcAddresses);
  const speaksGrpc = services.some(({ grpc }) => grpc) || grpcAddresses.size > 0;
  return { services, sites, placed, upstreams, speaksGrpc };
}

function sortedOnce<T>(subject: string, items: readonly T[], nameOf: (item: T) => string): T[] {
  const byName = declaredOnce(subject, items, nameOf);
  return [...byName.keys()].sort().map((name) => byName.get(name) as T);
}

/** Each listener has a port of its own: two on one port, even on different addresses, would depend on which was asked. */
function refuseSharedPorts(options: SitesOptions, services: readonly NginxService[], isSecured: boolean): void {
  const owners = new Map<string, string>();
  const claim = (owner: string, listen: string | number) => {
    const port = `${listen}`.replace(/^.*:/, "");
    const other = owners.get(port);
    if (other !== undefined) {
      const rule = `must be free for ${owner}`;
      throw new InvalidValueError({
        subject: "listen port",
        rule,
        got: port,
        remedy: `${other} took it, choose another`,
      });
    }
    owners.set(port, owner);
  };
  claim("the sites", listenOn(options));
  if (isSecured) claim("the sites' TLS", options.tlsPort ?? TLS_PORT);
  if (options.markerPort !== undefined) claim("the release marker", options.markerPort);
  for (const { name, slots = [], internalListener, frontListener } of services) {
    for (const port of [...slots, internalListener, frontListener])
      if (port !== undefined) claim(`service ${name}`, port);
  }
}
