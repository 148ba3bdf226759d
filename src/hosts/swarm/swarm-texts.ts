import { renderSites } from "../../nginx/sites.ts";
import { nginxTlsSites } from "../../nginx/tls.ts";
import { upstreamFile } from "../../nginx/upstream.ts";
import type { Release } from "../../release/release.ts";
import type { Service } from "../../release/service.ts";
import type { Site } from "../../release/site.ts";

/** Where a task of the edge sees certificates; passwords it has none. */
const CERTIFICATES = "/etc/nginx/slipway/tls";
const FOLDERS = { certificates: CERTIFICATES, passwords: CERTIFICATES };
const FLAVOUR = "container";

/** Nginx's texts of a release. */
export interface SwarmTexts {
  readonly sites: string;
  /** Where each service is, by its name in DNS. */
  readonly upstreams: string;
}

/** @param addressOf `name:port` of a service in the network's DNS */
export function swarmTexts(
  { services, sites, trustedProxies }: Release,
  addressOf: (service: string) => string,
  publicPorts: { readonly publicPort: number; readonly publicTlsPort?: number },
): SwarmTexts {
  const reached = services.filter(({ port }) => port !== undefined);
  return {
    sites: renderSites({
      flavour: FLAVOUR,
      services: reached.map(nginxService),
      sites: nginxTlsSites(sites, FOLDERS),
      // a task leaves DNS two seconds before it is told to end
      resolverSeconds: 1,
      trustedProxies,
      ...publicPorts,
    }),
    upstreams: reached.map(({ name }) => upstreamFile({ service: name, address: addressOf(name) })).join("\n"),
  };
}

/** Where Nginx wants the certificate of each name of `site`. */
export function certificateFiles(site: Site): string[] {
  return nginxTlsSites([site], FOLDERS).flatMap(({ tls }) => (tls ? [tls.certificate] : []));
}

/** Tries `site` alone. @throws InvalidValueError for what Nginx would refuse */
export function checkSwarmSite(site: Site, services: readonly Service[]): void {
  renderSites({ flavour: FLAVOUR, services: services.map(nginxService), sites: nginxTlsSites([site], FOLDERS) });
}

function nginxService({ name, grpc }: Service) {
  return { name, grpc };
}
