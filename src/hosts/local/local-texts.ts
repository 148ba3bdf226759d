import { renderIntroduction } from "../../nginx/introduction.ts";
import { type NginxTexts, textFiles } from "../../nginx/nginx-texts.ts";
import { type EdgeOptions, MARKER_PORT } from "../../nginx/server.ts";
import { renderSites } from "../../nginx/sites.ts";
import { nginxTlsSites } from "../../nginx/tls.ts";
import type { Release } from "../../release/release.ts";
import type { ClaimedPorts } from "../../release/service-ports.ts";
import type { Site } from "../../release/site.ts";

/** Where `tls.sh` puts certificates, and `passwords.sh` who is let in. */
const FOLDERS = { certificates: "/etc/nginx/slipway/tls", passwords: "/etc/nginx/slipway/htpasswd" };
const FLAVOUR = "container";

/** Nginx's texts of a release, as the driver takes them. */
export interface LocalTexts {
  /** Everything that the host serves. */
  readonly sites: string;
  /** A host that serves no name yet, which still answers what it serves. */
  readonly bare: string;
  /** By which neighbours reach each service, each after a line `#: name`. */
  readonly internal: string;
}

/** @param portsOf the ports of a service, by its name */
export function localTexts(
  release: Release,
  portsOf: (service: string) => ClaimedPorts,
  publicPorts: Pick<EdgeOptions, "publicPort" | "publicTlsPort">,
): LocalTexts {
  const reached = release.services.filter(({ port }) => port !== undefined);
  const services = reached.map(({ name, grpc }) => ({ name, grpc, internalListener: portsOf(name).internal }));
  const sites = nginxTlsSites(release.sites, FOLDERS);
  const { trustedProxies } = release;
  return {
    sites: renderSites({ flavour: FLAVOUR, services, sites, markerPort: MARKER_PORT, trustedProxies, ...publicPorts }),
    bare: renderSites({ flavour: FLAVOUR, services: [], sites: [], markerPort: MARKER_PORT }),
    internal: services
      .map(
        (service) => `#: ${service.name}\n${renderIntroduction(FLAVOUR, service, sites, trustedProxies !== undefined)}`,
      )
      .join(""),
  };
}

/** They as readers of a declaration have them. */
export function nginxTexts({ sites }: LocalTexts, place: Omit<NginxTexts, "files">): NginxTexts {
  return { ...place, files: textFiles(sites) };
}

/**
 * Tries `site` alone. Why not the whole text: it would be made once for each line of a declaration.
 *
 * @throws InvalidValueError for what Nginx would refuse
 */
export function checkSite(site: Site, services: readonly string[]): void {
  renderSites({
    flavour: FLAVOUR,
    services: services.map((name) => ({ name })),
    sites: nginxTlsSites([site], FOLDERS),
  });
}
