import type { ProxyOptions } from "../release/proxy-options.ts";
import type { Redirect } from "../release/redirect.ts";
import type { RouteOptions } from "../release/route-options.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { Answer } from "./answer.ts";
import { path } from "./argument.ts";
import { Directive } from "./directive.ts";
import { passing } from "./pass-options.ts";
import { type LimitedPlace, limiting } from "./rate-limit.ts";
import { redirectLocations, usesRest } from "./redirect.ts";
import { type PathRest, restVariable } from "./request-target.ts";
import type { NginxBackend, Upstreams } from "./upstream.ts";
import { Variable } from "./variable.ts";

/** What answers a path: a service or an address, or a redirect. */
export type NginxRoute = (NginxBackend & RouteOptions) | Redirect;

/** Backends by path, a bare word being a service; a path takes itself and everything below it, the longest one wins. */
export type NginxRoutes = Readonly<Record<string, string | NginxRoute>>;

/** A route and its path without the last slash, so that `/api` and `/api/` are one. */
export interface Location {
  readonly below: string;
  readonly to: NginxRoute;
}

/** @throws InvalidValueError for a path that two routes of the site `name` take */
export function sortedLocations(name: string, routes: NginxRoutes): Location[] {
  const taken = new Map<string, Location>();
  for (const [at, to] of Object.entries(routes)) {
    const below = path(at).replace(/\/$/, "");
    if (taken.has(below)) {
      const rule = `must be routed once in ${name}, with or without a slash at its end`;
      throw new InvalidValueError({ subject: "route path", rule, got: at });
    }
    taken.set(below, { below, to: typeof to === "string" ? { service: to } : to });
  }
  return [...taken.values()].sort((a, b) => (a.below < b.below ? -1 : 1));
}

/** The backends of `locations`. */
export function backendsOf(locations: readonly Location[]): (NginxBackend & RouteOptions)[] {
  return locations.flatMap(({ to }) => ("redirect" in to ? [] : [to]));
}

/** The rate limits of `site` and of its locations. */
export function limitsOf(
  { name, rateLimit }: ProxyOptions & { readonly name: string },
  locations: readonly Location[],
): LimitedPlace[] {
  const own = locations.map(
    ({ below, to }) => [name, below || "/", "redirect" in to ? undefined : to.rateLimit] as const,
  );
  return [[name, "", rateLimit], ...own];
}

/** What stands in the text for one route; `around` is its site. */
export function locationBlocks(
  { below, to }: Location,
  around: ProxyOptions & { readonly name: string; readonly limitsRoutesAlone?: boolean },
  upstreams: Upstreams,
): Directive[] {
  if ("redirect" in to) return redirectLocations(below, to);
  const url = upstreams.urlOf(to);
  const protocol = url.grpc ? "grpc" : "proxy";
  const own = limiting(to.rateLimit, around.name, below || "/");
  const sites = around.limitsRoutesAlone && own.length === 0 ? limiting(around.rateLimit, around.name, "") : [];
  const options = [...passing(to, around, protocol), ...own, ...sites];
  if (url.grpc) return bothLocations(below, [...options, Directive.of("grpc_pass", url)]);
  const rest = strippedRest(below, to);
  if (rest === undefined) return bothLocations(below, [...options, Directive.of("proxy_pass", url)]);
  return [
    Directive.exactLocation(below, [...options, Directive.of("proxy_pass", { ...url, rest: "query" })]),
    Directive.location(`${below}/`, [...options, Answer.strip(below), Directive.of("proxy_pass", { ...url, rest })]),
  ];
}

/** The variables that `locations` of all sites use, each once. */
export function restsOfPaths(locations: readonly Location[]): Directive[] {
  const rests = new Map<string, PathRest>();
  for (const { below, to } of locations) {
    const redirected = "redirect" in to && usesRest(below, to);
    const rest = redirected ? ({ of: below, begins: "after-slash" } as const) : strippedRest(below, to);
    if (rest) rests.set(restVariable(rest), rest);
  }
  return [...rests.keys()].sort().map((name) => Variable.restOfPath(rests.get(name) as PathRest));
}

function strippedRest(below: string, to: NginxRoute): PathRest | undefined {
  return !("redirect" in to) && to.stripPrefix && below !== "" ? { of: below, begins: "slash" } : undefined;
}

/** Why two: a bare prefix `/api` would take `/apiary` too. */
function bothLocations(below: string, children: readonly Directive[]): Directive[] {
  const prefix = Directive.location(`${below}/`, children);
  return below === "" ? [prefix] : [Directive.exactLocation(below, children), prefix];
}
