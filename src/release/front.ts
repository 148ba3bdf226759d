import type { Site } from "./site.ts";

/** A host in front of another one: its Nginx has the visitors, and leads to services there. */
export interface Front {
  /** The name of the host in front, `stack/host`. */
  readonly host: string;
  /** Where its requests come from; may be a reference. */
  readonly address: string;
  /** The names of the services that it reaches, sorted. */
  readonly services: readonly string[];
  /** Its sites, as far as they lead to those services: their limits hold here too. */
  readonly sites: readonly Site[];
}

/** `sites` of a host in front as the host behind it sees them: what is one of `addresses` there is a service here. */
export function sitesThrough(sites: readonly Site[], addresses: ReadonlyMap<string, string>): Site[] {
  return sites.flatMap((site) => {
    const routes = site.routes.flatMap((route) => {
      const service = "address" in route.to ? addresses.get(route.to.address) : undefined;
      return service === undefined ? [] : [{ ...route, to: { service } }];
    });
    return routes.length === 0 ? [] : [{ ...site, routes }];
  });
}
