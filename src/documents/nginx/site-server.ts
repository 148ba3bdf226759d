import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { path } from "./argument.ts";
import { type EdgeOptions, listenOn } from "./default-server.ts";
import { Directive } from "./directive.ts";
import { forwarding } from "./forwarding.ts";
import { type PassOptions, passing } from "./pass-options.ts";
import type { NginxBackend, Upstreams } from "./upstream.ts";

export type NginxRoute = NginxBackend & PassOptions;

export interface NginxSite extends PassOptions {
  /** The server name, e.g. `shop.example.com` or `*.example.com`. */
  readonly name: string;
  /** Backends by path, a bare word being a service; a path takes itself and everything below it, the longest one wins. */
  readonly routes: Readonly<Record<string, string | NginxRoute>>;
}

/** A route and its path without the last slash, so that `/api` and `/api/` are one. */
type Location = NginxRoute & { readonly below: string };

/** The server of one site's name. @throws InvalidValueError for an unknown service or a path that two routes take */
export function siteServer(site: NginxSite, upstreams: Upstreams, edge: EdgeOptions = {}): Directive {
  const routes = sortedRoutes(site);
  return Directive.server([
    Directive.of("listen", listenOn(edge)),
    Directive.of("server_name", site.name),
    ...forwarding({ port: edge.publicPort ?? edge.port ?? 80 }),
    ...passing(site),
    ...(routes[0]?.below === "" ? [] : [Directive.location("/", [Directive.of("return", "404")])]),
    ...routes.flatMap((route) =>
      locations(route, [...passing(route, site), Directive.of("proxy_pass", upstreams.urlOf(route))]),
    ),
  ]);
}

function sortedRoutes(site: NginxSite): Location[] {
  const taken = new Map<string, Location>();
  for (const [at, to] of Object.entries(site.routes)) {
    const below = path(at).replace(/\/$/, "");
    if (taken.has(below)) {
      const rule = `must be routed once in ${site.name}, with or without a slash at its end`;
      throw new InvalidValueError({ subject: "route path", rule, got: at });
    }
    taken.set(below, { below, ...(typeof to === "string" ? { service: to } : to) });
  }
  return [...taken.values()].sort((a, b) => (a.below < b.below ? -1 : 1));
}

/** Why two: a bare prefix `/api` would take `/apiary` too. */
function locations(route: Location, children: readonly Directive[]): Directive[] {
  const below = Directive.location(`${route.below}/`, children);
  return route.below === "" ? [below] : [Directive.exactLocation(route.below, children), below];
}
