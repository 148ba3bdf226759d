import fc from "fast-check";
import { refuseRedirectLoops } from "../../src/release/redirect-loop.ts";
import type { RouteTarget, Site } from "../../src/release/site.ts";
import { refuseDefaultSites, refuseSharedNames } from "../../src/release/site-names.ts";

const web: RouteTarget = { address: "10.0.0.5:80" };
const to = (redirect: string): RouteTarget => ({ redirect, status: 308 });

function site(name: string, routes: Record<string, RouteTarget>, proxy: Site["proxy"] = {}): Site {
  return { name, routes: Object.entries(routes).map(([path, target]) => ({ path, to: target })), proxy };
}

test.each<[string, Site[], string]>([
  ["a path to itself", [site("a.test", { "/old": to("/old") })], "a.test/old → a.test/old"],
  ["a path to below itself", [site("a.test", { "/old": to("/old/new") })], "a.test/old → a.test/old/new → "],
  ["everything to a path that nothing else serves", [site("a.test", { "/": to("/app") })], "a.test/ → a.test/app → "],
  ["two paths to each other", [site("a.test", { "/a": to("/b"), "/b/": to("/a/") })], "a.test/a → a.test/b → a.test/a"],
  ["what only a rest brings together", [site("a.test", { "/": web, "/a": to("/b"), "/b/x": to("/a/x") })], "/a/x → "],
  ["a spelling in percents", [site("a.test", { "/old": to("/%6fld") })], "a.test/old → a.test/old"],
  [
    "two names",
    [site("a.test", { "/": to("https://b.test") }), site("b.test", { "/": to("http://a.test/") })],
    "b.test/ → ",
  ],
  ["its alias", [site("a.test", { "/": to("https://www.a.test") }, { aliases: ["www.a.test"] })], "a.test/ → a.test/"],
  [
    "a name that leads back",
    [site("a.test", { "/": to("https://www.a.test") }, { redirectFrom: ["www.a.test"] })],
    "→",
  ],
  ["a name under its wildcard", [site("*.a.test", { "/": to("https://x.a.test") })], "*.a.test/ → *.a.test/"],
])("refuses %s", (_, sites, way) => {
  expect(() => refuseRedirectLoops(sites)).toThrow("redirect must not lead in a circle");
  expect(() => refuseRedirectLoops(sites)).toThrow(way);
});

test.each<[string, Site[]]>([
  ["everything to a path that is served", [site("a.test", { "/": to("/app"), "/app": web })]],
  ["a chain", [site("a.test", { "/a": to("/b"), "/b": to("/c"), "/": web })]],
  ["a name elsewhere", [site("a.test", { "/": to("https://b.test/a.test") })]],
  [
    "back to the name, to a page",
    [site("a.test", { "/": web, "/x": to("https://b.test") }), site("b.test", { "/": to("https://a.test/y?z") })],
  ],
  ["a path that only begins alike", [site("a.test", { "/old": to("/older") })]],
])("takes %s", (_, sites) => {
  expect(() => refuseRedirectLoops(sites)).not.toThrow();
});

test("what is taken leads every visitor somewhere within the hops of a browser", () => {
  const path = fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
  const routes = fc.dictionary(path, fc.option(path, { nil: undefined }), { maxKeys: 5 });
  let taken = 0;
  fc.assert(
    fc.property(routes, fc.array(path, { minLength: 1, maxLength: 6 }), (declared, visits) => {
      const targets = Object.fromEntries(
        Object.entries(declared).map(([from, target]) => [from, target === undefined ? web : to(target)]),
      );
      try {
        refuseRedirectLoops([site("a.test", targets)]);
      } catch {
        return;
      }
      taken++;
      for (const visit of visits) expect(hops(declared, visit)).toBeLessThanOrEqual(20);
    }),
    { numRuns: 3000, seed: 7 },
  );
  expect(taken).toBeGreaterThan(500);
});

/** An own reading of what Nginx does: the longest whole segments win, the rest comes along. */
function hops(routes: Readonly<Record<string, string | undefined>>, visit: string): number {
  const parts = (path: string) => path.split("/").filter((part) => part !== "");
  let at = parts(visit);
  for (let count = 0; count <= 21; count++) {
    const taking = Object.keys(routes)
      .filter((route) => parts(route).every((part, index) => at[index] === part))
      .sort((a, b) => parts(b).length - parts(a).length)[0];
    const target = taking === undefined ? undefined : routes[taking];
    if (target === undefined) return count;
    at = [...parts(target), ...at.slice(parts(taking as string).length)];
  }
  return 22;
}

test("refuses a default site with TLS, whose certificate no other name can have", () => {
  const secured = { ...site("a.test", {}, { defaultSite: true }), tls: { kind: "local" } as Site["tls"] };
  expect(() => refuseDefaultSites([secured])).toThrow('default site must be served by HTTP, got "a.test"');
  expect(() => refuseDefaultSites([site("a.test", {}, { defaultSite: true }), site("b.test", {})])).not.toThrow();
});

test.each<[string, Site[], string]>([
  [
    "an alias that another site serves",
    [site("a.test", {}, { aliases: ["b.test"] }), site("b.test", {})],
    'server name must be served once, a.test has it, got "b.test": leave it out at a.test or at b.test',
  ],
  [
    "a name that two sites redirect",
    [site("a.test", {}, { redirectFrom: ["www.test"] }), site("b.test", {}, { redirectFrom: ["www.test"] })],
    'server name must be served once, a.test has it, got "www.test"',
  ],
  [
    "a name that is both served and redirected",
    [site("a.test", {}, { aliases: ["www.test"], redirectFrom: ["www.test"] })],
    'got "www.test": leave one of them out',
  ],
  ["its own name as an alias", [site("a.test", {}, { aliases: ["a.test"] })], "leave one of them out"],
  [
    "a redirect to many names",
    [site("*.a.test", {}, { redirectFrom: ["a.test"] })],
    'redirect from a.test must lead to one name, got "*.a.test": serve the name itself by a site of its own',
  ],
])("refuses %s", (_, sites, message) => {
  expect(() => refuseSharedNames(sites)).toThrow(message);
});
