import { MARKER_PORT } from "../../nginx/server.ts";
import { renderSites } from "../../nginx/sites.ts";
import { nginxTlsSites } from "../../nginx/tls.ts";
import { upstreamFile } from "../../nginx/upstream.ts";
import type { Release } from "../../release/release.ts";
import type { Service } from "../../release/service.ts";
import type { Site } from "../../release/site.ts";

/** Where Nginx on a node finds what it serves; `edge.sh` and `texts.sh` have the same folder. */
export const LIVE_TEXTS = "/etc/nginx/slipway/live";

/** Where the task that brings the texts sees them. */
export const BROUGHT_TEXTS = "/texts";

/** Where texts have certificates; `texts.sh` leads them to those that came with the texts. Passwords there are none. */
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
      markerPort: MARKER_PORT,
      // a task leaves DNS two seconds before it is told to end
      resolverSeconds: 1,
      isReplicated: true,
      trustedProxies,
      ...publicPorts,
    }),
    upstreams: reached.map(({ name }) => upstreamFile({ service: name, address: addressOf(name) })).join("\n"),
  };
}

/** Where the certificate of each name of `site` is brought from. */
export function certificateFiles(site: Site): string[] {
  return nginxTlsSites([site], { ...FOLDERS, certificates: `${BROUGHT_TEXTS}/tls` }).flatMap(({ tls }) =>
    tls ? [tls.certificate] : [],
  );
}

/** Tries `site` alone. @throws InvalidValueError for what Nginx would refuse */
export function checkSwarmSite(site: Site, services: readonly Service[]): void {
  renderSites({ flavour: FLAVOUR, services: services.map(nginxService), sites: nginxTlsSites([site], FOLDERS) });
}

function nginxService({ name, grpc }: Service) {
  return { name, grpc };
}
