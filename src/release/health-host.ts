import type { HealthCheck } from "../values/health-check.ts";

/** What of a site tells by which name a service is reached; its routes are backends by path. */
export interface NamedSite {
  readonly name: string;
  readonly routes: Readonly<Record<string, string | { readonly service: string } | { readonly address: string }>>;
}

/**
 * The health check of `service` with the Host that it is asked with: the check's own, else the name of the first site
 * that leads to the service. Why: many an application answers only for names that it was told.
 */
export function healthOf(service: string, health: HealthCheck, sites: readonly NamedSite[]): HealthCheck {
  const leads = ({ routes }: NamedSite) =>
    Object.values(routes).some(
      (to) => to === service || (typeof to !== "string" && "service" in to && to.service === service),
    );
  const [first] = sites
    .filter((site) => !site.name.startsWith("*.") && leads(site))
    .map(({ name }) => name)
    .sort();
  return health.withDefaultHost(first);
}
