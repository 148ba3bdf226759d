import { Directive } from "../documents/nginx/directive.ts";
import { internalListener } from "../documents/nginx/internal-listener.ts";
import { renderSites } from "../documents/nginx/sites.ts";
import { Upstreams } from "../documents/nginx/upstream.ts";
import type { Site } from "./site.ts";

/** A service of the host with the internal port under which its neighbours reach it. */
export interface ListedService {
  readonly name: string;
  readonly internalPort: number;
}

/** Where Nginx answers which release it serves; on its own loopback only. */
const MARKER_PORT = 8100;
const FLAVOUR = "container";

/** The Nginx text of everything that a host serves. */
export function sitesText(services: readonly ListedService[], sites: readonly Site[], publicPort: number): string {
  return renderSites({
    flavour: FLAVOUR,
    services: services.map(({ name, internalPort }) => ({ name, internalListener: internalPort })),
    sites: sites.map(({ name, routes, options }) => ({ ...options, name, routes: Object.fromEntries(routes) })),
    markerPort: MARKER_PORT,
    publicPort,
  });
}

/** The Nginx text of a host that serves no name yet, which still answers what it serves. */
export function bareText(): string {
  return renderSites({ flavour: FLAVOUR, services: [], sites: [], markerPort: MARKER_PORT });
}

/** The Nginx text by which neighbours reach each service, each after a line `#: name`. */
export function internalText(services: readonly ListedService[]): string {
  return services
    .map(({ name, internalPort }) => {
      const to = new Upstreams(FLAVOUR, [name], []).urlOf({ service: name });
      return `#: ${name}\n${Directive.file("http", [internalListener({ listen: internalPort, to })])}`;
    })
    .join("");
}
