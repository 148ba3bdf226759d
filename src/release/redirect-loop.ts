import { InvalidValueError } from "../values/invalid-value-error.ts";
import { RedirectTarget } from "../values/redirect-target.ts";
import type { Route, Site } from "./site.ts";
import { siteOf } from "./site-names.ts";

/** How many redirects browsers follow before they give up. */
const MOST_HOPS = 20;

interface Visit {
  readonly site: Site;
  /** Without a slash at its end. */
  readonly path: string;
}

/**
 * Refuses redirects that lead a visitor in a circle. Why by following them: what stands behind a path comes along, so
 * whether two redirects meet depends on it.
 *
 * @throws InvalidValueError with the way that comes back
 */
export function refuseRedirectLoops(sites: readonly Site[]): void {
  const redirecting = sites.flatMap((site) => site.routes.filter(isRedirect).map((route) => ({ site, route })));
  if (redirecting.length === 0) return;
  const rests = ["", "/…", ...new Set(sites.flatMap(({ routes }) => routes.flatMap(tailsOf)))];
  for (const { site, route } of redirecting) {
    for (const rest of rests) follow(sites, { site, path: `${withoutSlash(route.path)}${rest}` });
  }
}

function follow(sites: readonly Site[], start: Visit): void {
  const way: string[] = [];
  for (let at: Visit | undefined = start; at !== undefined; at = next(sites, at)) {
    const here = `${at.site.name}${at.path || "/"}`;
    if (way.includes(here) || way.length > MOST_HOPS) {
      const shown = way.includes(here) ? [...way, here] : [...way.slice(0, 3), "…"];
      throw new InvalidValueError({
        subject: "redirect",
        rule: "must not lead in a circle",
        got: shown.join(" → "),
        remedy: "let one of them lead to a service",
      });
    }
    way.push(here);
  }
}

/** Where a visitor of `at` is sent; nowhere where a service or somebody else answers. */
function next(sites: readonly Site[], { site, path }: Visit): Visit | undefined {
  const route = routeOf(site, path);
  if (route === undefined || !("redirect" in route.to)) return undefined;
  const target = RedirectTarget.parse(route.to.redirect);
  const there = target.name === undefined ? site : siteOf(target.name, sites);
  const rest = target.keepsRest ? path.slice(withoutSlash(route.path).length) : "";
  return there && { site: there, path: withoutSlash(`${decoded(target.path)}${rest}`) };
}

/** The route that takes `path`: the longest one. */
function routeOf({ routes }: Site, path: string): Route | undefined {
  const taking = routes.filter((route) => `${path}/`.startsWith(`${withoutSlash(route.path)}/`));
  return taking.sort((a, b) => withoutSlash(b.path).length - withoutSlash(a.path).length)[0];
}

/** What may stand behind a path so that it becomes another one. */
function tailsOf({ path, to }: Route): string[] {
  const paths = [path, "redirect" in to ? decoded(RedirectTarget.parse(to.redirect).path) : ""].map(withoutSlash);
  return paths.flatMap((each) => [...each.matchAll(/\//g)].map(({ index }) => each.slice(index)));
}

function isRedirect({ to }: Route): boolean {
  return "redirect" in to;
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
