import type { HealthCheck } from "../values/health-check.ts";
import { type Site, servicesOf } from "./site.ts";

/**
 * The health check of `service` with the Host that it is asked with: the check's own, else the name of the first site
 * that leads to the service. Why: many an application answers only for names that it was told.
 */
export function healthOf(service: string, health: HealthCheck, sites: readonly Site[]): HealthCheck {
  const [first] = sites
    .filter((site) => !site.name.startsWith("*.") && servicesOf(site).includes(service))
    .map(({ name }) => name)
    .sort();
  return health.withDefaultHost(first);
}
