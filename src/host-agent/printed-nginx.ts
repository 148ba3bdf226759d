import { type IntroducedService, renderIntroduction } from "../nginx/introduction.ts";
import { renderSites, renderTlsSites, type SitesOptions } from "../nginx/sites.ts";

/** What Nginx's texts of a release are made of. */
export interface PrintedNginxOptions extends SitesOptions {
  readonly services: readonly IntroducedService[];
}

/** Nginx's texts of a release. */
export interface PrintedNginx {
  readonly sites: string;
  readonly tls: ReturnType<typeof renderTlsSites>;
  /** By the name of the service. */
  readonly introductions: ReadonlyMap<string, string>;
}

let last: { readonly of: string; readonly texts: PrintedNginx } | undefined;

/**
 * Nginx's texts of what `options` say, those that were made last where they are of the same. Why: the hosts of a fleet
 * serve alike and are asked one after the other, and a hundred of them would print the same a hundred times.
 *
 * @throws InvalidValueError for what Nginx would refuse
 */
export function printedNginx(options: PrintedNginxOptions): PrintedNginx {
  const of = JSON.stringify(options); // plain data, as all of a release is
  if (last?.of !== of) last = { of, texts: print(options) };
  return last.texts;
}

function print(options: PrintedNginxOptions): PrintedNginx {
  const { flavour, services, sites, trustedProxies } = options;
  const introduced = (service: IntroducedService) =>
    renderIntroduction(flavour, service, sites, trustedProxies !== undefined);
  return {
    tls: renderTlsSites(options),
    sites: renderSites(options),
    introductions: new Map(services.map((service) => [service.name, introduced(service)])),
  };
}
