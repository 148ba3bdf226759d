import { Backend } from "../../src/hosts/backend.ts";
import type { SiteRoute } from "../../src/hosts/host.ts";
import type { SiteOptions } from "../../src/release/site-options.ts";
import { synthesize } from "../synthesize.ts";
import { ComposeHost } from "./compose-host.ts";

const web = Backend.fromAddress("10.0.0.5:80");
const to = { address: "10.0.0.5:80" };
/** A program without a type check hands over whatever it likes. */
// biome-ignore lint/suspicious/noExplicitAny: that is the point of these tests
type Untyped = any;

function served(routes: Record<string, SiteRoute>, options?: SiteOptions) {
  let release: ComposeHost["release"] | undefined;
  synthesize((stack) => {
    const host = new ComposeHost(stack, "host");
    host.serve("Shop.example.com", routes, options);
    release = host.release;
  });
  return release?.sites[0];
}

test("a site says what each path gets, and by which names it is found", () => {
  const routes = { "/old": { redirect: "/new" }, "/": web, "/api": { to: web, stripPrefix: true, maxBodySize: "1m" } };
  const options = { aliases: ["b.example.com", "A.example.com"], redirectFrom: ["www.Shop.example.com"] };
  expect(served(routes, options)).toEqual({
    name: "shop.example.com",
    routes: [
      { path: "/", to },
      { path: "/api", to, proxy: { stripPrefix: true, maxBodySize: "1m" } },
      { path: "/old", to: { redirect: "/new", status: 308 } },
    ],
    proxy: { aliases: ["a.example.com", "b.example.com"], redirectFrom: ["www.shop.example.com"] },
  });
});

const SITE = "stack/host/Site-shop.example.com";

test.each<[string, Record<string, Untyped>, Untyped, string]>([
  [
    "a path with two answers",
    { "/a": { to: web, redirect: "/b" } },
    {},
    `${SITE}: routes[/a]: has both to and redirect (/b): one path has one answer`,
  ],
  ["a route to nothing", { "/a": {} }, {}, `${SITE}: routes[/a]: backend must be a service or an address`],
  ["a route to text", { "/a": { to: "web" } }, {}, 'backend must be a service or an address, got "web"'],
  [
    "an option that no route has",
    { "/a": { to: web, strip: true } },
    {},
    'routes[/a]: route option must be known, got "strip"',
  ],
  ["a site's option on a route", { "/a": { to: web, aliases: [] } }, {}, 'route option must be known, got "aliases"'],
  [
    "a route's option on a site",
    { "/": web },
    { stripPrefix: true },
    'options: site option must be known, got "stripPrefix"',
  ],
  [
    "an option that no redirect has",
    { "/a": { redirect: "/b", code: 301 } },
    {},
    'redirect option must be known, got "code"',
  ],
  [
    "a status that is no redirect",
    { "/a": { redirect: "/b", status: 200 } },
    {},
    "redirect status must be 301, 302, 303, 307, 308, got 200",
  ],
  ["a redirect to a bare name", { "/a": { redirect: "b.example.com" } }, {}, 'use "https://b.example.com"'],
  [
    "nothing to strip",
    { "/": { to: web, stripPrefix: true } },
    {},
    "routes[/].stripPrefix: stripPrefix must have a path to take away",
  ],
  [
    "a silent route",
    { "/a": { to: web, readTimeoutSeconds: 0 } },
    {},
    "routes[/a].readTimeoutSeconds: read timeout must be whole seconds",
  ],
  ["a circle", { "/": { redirect: "/a" } }, {}, "stack/host: release: redirect must not lead in a circle"],
  [
    "an alias in words",
    { "/": web },
    { aliases: "www.example.com" },
    `${SITE}: aliases: aliases must be a list of names`,
  ],
  [
    "an alias that is none",
    { "/": web },
    { aliases: ["a b"] },
    `${SITE}: aliases: server name must not hold white space`,
  ],
  [
    "a redirected URL",
    { "/": web },
    { redirectFrom: ["http://a"] },
    `${SITE}: redirectFrom: server name must not have a scheme`,
  ],
  [
    "two times for one stream",
    { "/": web },
    { readTimeoutSeconds: 5, idleTimeoutSeconds: 9 },
    'idleTimeoutSeconds: timeout must be one of the two, got "readTimeoutSeconds 5 and idleTimeoutSeconds 9"',
  ],
  [
    "an endless stream",
    { "/a": { to: web, idleTimeoutSeconds: 86_401 } },
    {},
    "routes[/a].idleTimeoutSeconds: idle timeout must be whole seconds from 1 to 86400",
  ],
  [
    "buffering in words",
    { "/": web },
    { buffering: "off" },
    `${SITE}: buffering: buffering must be true or false, got "off"`,
  ],
  [
    "a limit without a rate",
    { "/": web },
    { rateLimit: { burst: 1 } },
    'rateLimit: rate limit must have one of perSecond and perMinute, got "neither"',
  ],
  ["two rates", { "/": web }, { rateLimit: { perSecond: 1, perMinute: 2 } }, 'got "perSecond 1 and perMinute 2"'],
  [
    "half a request",
    { "/": web },
    { rateLimit: { perSecond: 0.5 } },
    "rate of requests must be a whole number from 1 to 100000, got 0.5",
  ],
  [
    "a limit's unknown option",
    { "/": web },
    { rateLimit: { perHour: 1 } },
    'rate limit option must be known, got "perHour"',
  ],
  [
    "a list of nobody",
    { "/": web },
    { allow: [] },
    `${SITE}: allow: allow must be a list of address ranges, not empty`,
  ],
  ["a list with a name", { "/": web }, { allow: ["a.test"] }, "allow: address range must be an IP address"],
  [
    "a page for a service's error",
    { "/": web },
    { errorPages: { 500: "a" } },
    'errorPages: error page must be for 403, 404, 413, 429, 502, 503, 504, got "500"',
  ],
  ["a page of several lines", { "/": web }, { errorPages: { 502: "a\nb" } }, "error page 502 must be one line"],
  [
    "a page with a variable",
    { "/": web },
    { errorPages: { 502: "$host" } },
    'must not hold "$", got "$host": write &#36;',
  ],
  [
    "a page that fits into no release",
    { "/": web },
    { maintenance: "a".repeat(2049) },
    "maintenance: maintenance page must have at most 2048 bytes",
  ],
  ["maintenance in numbers", { "/": web }, { maintenance: 1 }, "maintenance: maintenance must be true or false, got 1"],
  ["a default site in words", { "/": web }, { defaultSite: "yes" }, "defaultSite: defaultSite must be true or false"],
])("refuses %s", (_, routes, options, message) => {
  expect(() => served(routes, options)).toThrow(message);
});

test("a host has one default site, and believes proxies that are declared as such", () => {
  const declare = (serve: (host: ComposeHost) => unknown) =>
    synthesize((stack) => serve(new ComposeHost(stack, "host")));
  const twice = (host: ComposeHost) =>
    ["a.test", "b.test"].map((name) => host.serve(name, { "/": web }, { defaultSite: true }));
  expect(() => declare(twice)).toThrow('default site must be one of a host, got "a.test and b.test"');
});

test("two sites of one name are told where they are declared", () => {
  const declare = () =>
    synthesize((stack) => {
      const host = new ComposeHost(stack, "host");
      host.serve("a.test", { "/": web }, { aliases: ["b.test"] });
      host.serve("b.test", { "/": web });
    });
  expect(declare).toThrow('server name must be served once, a.test has it, got "b.test"');
});
