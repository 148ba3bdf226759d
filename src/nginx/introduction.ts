import { Directive } from "./directive.ts";
import type { NginxFlavour } from "./main-configuration.ts";
import { internalListener } from "./server.ts";
import { type NginxService, Upstreams } from "./upstream.ts";

/** A service that neighbours reach. */
export interface IntroducedService extends NginxService {
  readonly internalListener: string | number;
}

/**
 * The text by which neighbours reach a service that the live text does not know yet, complete in itself. Why: what is new
 * may need each other before any of it is healthy and the release's own text is live.
 */
export function renderIntroduction(flavour: NginxFlavour, service: IntroducedService): string {
  const upstreams = new Upstreams(flavour, [service]);
  const listener = internalListener({ listen: service.internalListener, service: service.name }, upstreams);
  return Directive.file("http", [...upstreams.directives(), listener]);
}
