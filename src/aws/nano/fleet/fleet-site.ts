import { Construct } from "constructs";
import type { IHost, ISite, SiteRoute } from "../../../hosts/host.ts";
import type { HostedSite } from "../../../hosts/hosted-site.ts";
import { FleetService } from "./fleet-service.ts";

/** A site that every host of a fleet serves. */
export class FleetSite extends Construct implements ISite {
  readonly name: string;
  /** Every name that leads to it, its own first. */
  readonly names: readonly string[];
  /** Whether the hosts themselves serve it by TLS. */
  readonly isSecured: boolean;

  /** @param each the site as each host has it */
  constructor(
    fleet: Construct,
    private readonly each: ReadonlyMap<IHost, ISite>,
  ) {
    const [first] = each.values();
    const { name, names, declaration } = first as HostedSite;
    super(fleet, `Site-${name}`);
    this.name = name;
    this.names = names;
    this.isSecured = declaration.tls !== undefined;
  }

  addRoute(path: string, to: SiteRoute): void {
    for (const [host, site] of this.each) site.addRoute(path, routeOn(host, to));
  }
}

/** `route` as `host` of the fleet has it: a service of the fleet is the host's own there. */
export function routeOn(host: IHost, route: SiteRoute): SiteRoute {
  if (route instanceof FleetService) return route.on(host);
  const { to } = (route ?? {}) as { readonly to?: unknown };
  return to instanceof FleetService ? { ...(route as object), to: to.on(host) } : route;
}
