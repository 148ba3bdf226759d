import { Directive } from "./directive.ts";
import { headerMaps, type NginxFlavour } from "./main-configuration.ts";
import { internalListener, type NginxSite, siteLimits } from "./server.ts";
import { type NginxService, Upstreams } from "./upstream.ts";

/** A service that neighbours reach. */
export interface IntroducedService extends NginxService {
  readonly internalListener: string | number;
}

/**
 * The text by which neighbours reach a service that the live text does not know yet, complete in itself. Why: what is new
 * may need each other before any of it is healthy and the release's own text is live.
 *
 * @param sites The release's, whose largest limits hold between services
 * @param trustsProxies Whether the release believes proxies of visitors
 */
export function renderIntroduction(
  flavour: NginxFlavour,
  { name, slots, grpc, internalListener: listen }: IntroducedService,
  sites: readonly NginxSite[] = [],
  trustsProxies = false,
): string {
  const upstreams = new Upstreams(flavour, [{ name, slots, grpc }]);
  const listener = internalListener({ listen, service: name, limits: siteLimits(sites), trustsProxies }, upstreams);
  return Directive.file("http", [...headerMaps(), ...upstreams.directives(), listener]);
}
