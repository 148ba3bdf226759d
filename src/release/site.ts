import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { BasicAuth } from "./basic-auth.ts";
import type { Hsts } from "./hsts.ts";
import type { RedirectStatus } from "./redirect.ts";
import type { RouteOptions } from "./route-options.ts";
import type { SiteSettings } from "./site-options.ts";
import type { TlsSource } from "./tls.ts";

/** Where a route leads: to a service of the site's own host by name, to an address, or its visitors elsewhere. */
export type RouteTarget =
  | { readonly service: string }
  | { readonly address: string }
  | { readonly redirect: string; readonly status: RedirectStatus };

/** A path of a site and what answers under it; the longest path wins. */
export interface Route {
  readonly path: string;
  readonly to: RouteTarget;
  /** @default - as the site's */
  readonly proxy?: RouteOptions;
}

/** A server name and what answers it. */
export interface Site {
  /** E.g. `shop.example.com` or `*.example.com`. */
  readonly name: string;
  /** Sorted by path. */
  readonly routes: readonly Route[];
  readonly proxy: SiteSettings;
  /** Where its certificates come from. @default - none: it is served by HTTP */
  readonly tls?: TlsSource;
  /** @default - browsers are told nothing */
  readonly hsts?: Hsts;
  /** Who is let in. @default - everybody */
  readonly basicAuth?: BasicAuth;
}

/** The names of the services that `site` leads to. */
export function servicesOf({ routes }: Site): string[] {
  return routes.flatMap(({ to }) => ("service" in to ? [to.service] : []));
}

/** @throws InvalidValueError for a route to `got`, which is none of the services that are declared */
export function refuseRoute(got: string, declared: Iterable<string>): never {
  throw new InvalidValueError({
    subject: "route",
    rule: "must lead to a service that is declared",
    got,
    remedy: `declared: ${[...declared].sort().join(", ") || "none"}`,
  });
}

/** @throws InvalidValueError for a route to the service `got`, which has no port */
export function refuseRouteToWorker(got: string): never {
  const remedy = "give host.run the port that it listens on";
  throw new InvalidValueError({ subject: "route", rule: "must lead to a service with a port", got, remedy });
}
