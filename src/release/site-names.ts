import { InvalidValueError } from "../values/invalid-value-error.ts";
import { ServerName } from "../values/server-name.ts";
import { declaredOnce } from "./declared-once.ts";
import type { Site } from "./site.ts";

/** Every name of `site`, its own first; what visitors of some get is a redirect to it. */
export function namesOf({ name, proxy: { aliases = [], redirectFrom = [] } }: Site): string[] {
  return [name, ...aliases, ...redirectFrom];
}

/**
 * @throws InvalidValueError for a name that two sites have, or one has twice, and for redirects to a name that stands
 * for many
 */
export function refuseSharedNames(sites: readonly Site[]): void {
  declaredOnce("server name", sites, ({ name }) => name);
  const owners = new Map<string, string>();
  for (const site of sites) {
    for (const got of namesOf(site)) {
      const owner = owners.get(got);
      if (owner !== undefined) {
        const remedy = owner === site.name ? "leave one of them out" : `leave it out at ${owner} or at ${site.name}`;
        throw new InvalidValueError({
          subject: "server name",
          rule: `must be served once, ${owner} has it`,
          got,
          remedy,
        });
      }
      owners.set(got, site.name);
    }
    const { redirectFrom = [] } = site.proxy;
    if (redirectFrom.length > 0 && ServerName.parse(site.name).isWildcard) {
      const remedy = "serve the name itself by a site of its own";
      const rule = "must lead to one name";
      throw new InvalidValueError({ subject: `redirect from ${redirectFrom[0]}`, rule, got: site.name, remedy });
    }
  }
}

/** @throws InvalidValueError for two sites that answer for the names that none has, and for one with TLS, which those cannot have */
export function refuseDefaultSites(sites: readonly Site[]): void {
  const [first, second] = sites.filter(({ proxy }) => proxy.defaultSite);
  if (first?.tls) {
    const remedy = "let a site without TLS answer for the names that none has";
    throw new InvalidValueError({ subject: "default site", rule: "must be served by HTTP", got: first.name, remedy });
  }
  if (first === undefined || second === undefined) return;
  const got = `${first.name} and ${second.name}`;
  throw new InvalidValueError({ subject: "default site", rule: "must be one of a host", got });
}

/** The site that answers for `name`. */
export function siteOf(name: string, sites: readonly Site[]): Site | undefined {
  const answering = nameFor(name, sites.flatMap(namesOf));
  return answering === undefined ? undefined : sites.find((site) => namesOf(site).includes(answering));
}

/** The one of `names` that answers for `asked`: that very name, else the longest wildcard. */
export function nameFor(asked: string, names: readonly string[]): string | undefined {
  const labels = asked.split(".");
  const wildcards = labels.slice(1).map((_, at) => `*.${labels.slice(at + 1).join(".")}`);
  return [asked, ...wildcards].find((name) => names.includes(name));
}
