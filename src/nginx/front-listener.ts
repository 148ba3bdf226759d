import type { Front } from "../release/front.ts";
import { Directive } from "./directive.ts";
import { headersOfFront } from "./forwarded-header.ts";
import { nginxSites, serverOfService, siteLimits } from "./server.ts";
import type { NginxService, Upstreams } from "./upstream.ts";
import { Variable } from "./variable.ts";

/**
 * The servers by which the Nginx of hosts in front reaches `services`, with the switch that visitors' servers have. Why
 * the limits of those hosts' sites and no others: what a front lets through, it has looked at.
 */
export function frontListeners(
  services: readonly NginxService[],
  fronts: readonly Front[],
  upstreams: Upstreams,
): Directive[] {
  const reached = services.flatMap((service) => {
    const own = fronts.filter((front) => front.services.includes(service.name));
    if (service.frontListener === undefined || own.length === 0) return [];
    const limits = siteLimits(nginxSites(own.flatMap(({ sites }) => sites)));
    const options = { listen: service.frontListener, service: service.name, limits };
    return [serverOfService(options, headersOfFront(), onlyFrom(own), upstreams)];
  });
  return reached.length === 0 ? [] : [Variable.isFront(fronts.map(({ address }) => address)), ...reached];
}

/** Believes `fronts` who their visitors are, and lets in nobody else. */
function onlyFrom(fronts: readonly Front[]): Directive[] {
  return [
    ...fronts.map(({ address }) => Directive.of("set_real_ip_from", address)),
    Directive.of("real_ip_header", "X-Forwarded-For"),
    Variable.onlyFronts(),
  ];
}
