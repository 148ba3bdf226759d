import fc from "fast-check";
import type { NginxSite } from "../../src/nginx/server.ts";
import { renderSites, type SitesOptions } from "../../src/nginx/sites.ts";
import { serviceOfUpstream } from "../../src/nginx/upstream.ts";
import { freePort } from "../../src/rehearsal/free-port.ts";
import { answerOf } from "../../src/testing/nginx/answer.ts";
import { readConf } from "../../src/testing/nginx/conf-reader.ts";
import { requestOf } from "../../src/testing/nginx/request.ts";
import { FLAVOURS, nginxHosts } from "../nginx/nginx-host.ts";
import { get } from "../nginx/raw-request.ts";

jest.setTimeout(60_000);

const { service, host } = nginxHosts();

const SITES = 30;
const TARGETS_OF_EACH = 40;
const PUBLIC_PORT = 8888;
const SERVICES = ["web", "front-end", "a-0"];
const SEGMENTS = ["api", "v1", "a.b", "a+b", "x", "api.v1", "~(1)"];

const path = fc
  .tuple(fc.array(fc.constantFrom(...SEGMENTS), { maxLength: 3 }), fc.boolean())
  .map(([segments, slash]) => `/${segments.join("/")}${slash && segments.length > 0 ? "/" : ""}`);
const route = fc.oneof(
  fc.constantFrom(...SERVICES),
  fc.record({ service: fc.constantFrom(...SERVICES), stripPrefix: fc.boolean() }),
  fc
    .constantFrom("https://there.test", "https://there.test/base/", "http://there.test:81/p?q=1#f", "/new", "/new/?a")
    .map((redirect) => ({ redirect, status: 302 as const })),
);
const routes = fc
  .uniqueArray(fc.tuple(path, route), { minLength: 1, maxLength: 5, selector: ([at]) => at.replace(/\/$/, "") })
  .map((entries) =>
    // the root has nothing that could be taken away
    Object.fromEntries(
      entries.map(([at, to]) => [at, at === "/" && typeof to === "object" && "service" in to ? to.service : to]),
    ),
  );
const options = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  fc.constant({ maintenance: true as const }),
  { weight: 2, arbitrary: fc.constant({ allow: ["10.0.0.0/8"] }) },
  fc.constant({ headers: { "X-A": "b" } }),
);

/** What a browser sends, and what only somebody writes who looks for a way around. */
const odd = [
  "",
  ".",
  "..",
  "%61pi",
  "a%2Fb",
  "a%2fapi",
  "%2e%2e",
  "%2E",
  "é",
  "a%20b",
  "%25",
  "a%3Fb",
  "%E2%82%AC",
  "a\\b",
  "%",
  "%00",
];
const rest = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...SEGMENTS) }, fc.constantFrom(...odd)), {
      maxLength: 4,
    }),
    fc.boolean(),
    fc.constantFrom("", "", "?", "?a=b", "?a=%2F&b=c?d", "?/api/x"),
  )
  .map(([segments, slash, query]) => `/${segments.join("/")}${slash ? "/" : ""}${query}`);
/** Other words for the same path. */
const spellings: ((path: string) => string)[] = [
  (path) => path,
  (path) => path.replaceAll("a", "%61"),
  (path) => `/${path}`,
  (path) => `/x/..${path}`,
  (path) => path.replace(/(?<=.)\//, "%2f"),
];
/** Requests of any path, and more of those that a site has a route for. */
const targetsOf = ({ routes }: NginxSite) =>
  fc.oneof(
    { weight: 1, arbitrary: rest },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...Object.keys(routes)), fc.constantFrom(...spellings), rest)
        .map(([path, spelled, rest]) => `${spelled(path).replace(/\/$/, "")}${rest}`),
    },
  );

const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number, seed: number) =>
  fc.sample(arbitrary, { numRuns, seed });

/** Sites of all kinds of names, the last of them for every name that none has. */
function sites(seed: number): NginxSite[] {
  const declared = sample(fc.tuple(routes, options), SITES, seed);
  return declared.map(([routes, options], at) => ({
    ...options,
    name: at % 5 === 0 ? `*.s${at}.test` : at % 5 === 1 ? `*.a.s${at - 1}.test` : `s${at}.test`,
    ...(at % 5 === 2 ? { aliases: [`alias${at}.test`], redirectFrom: [`from${at}.test`] } : {}),
    ...(at % 5 === 3 ? { aliases: [`b.a.s${at - 3}.test`] } : {}),
    ...(at === SITES - 1 && seed % 2 === 0 ? { defaultSite: true } : {}),
    routes,
  }));
}

function namesAsked(site: NginxSite): string[] {
  const { name, aliases = [], redirectFrom = [] } = site;
  const below = name.startsWith("*.") ? [`x${name.slice(1)}`, `b.a${name.slice(1)}`, name.slice(2)] : [name];
  return [...below, ...aliases, ...redirectFrom];
}

describe.each(FLAVOURS)("in a %s's Nginx", (flavour) => {
  test.each([1, 2])("each request goes where slipway/testing says (%d)", async (seed) => {
    const started = await Promise.all(SERVICES.map(async (name) => [name, await service(name)] as const));
    const declared = sites(seed);
    const { port } = await host(flavour, { sites: declared, publicPort: PUBLIC_PORT }, Object.fromEntries(started));
    const slots = await Promise.all(SERVICES.map(() => Promise.all([freePort(), freePort()])));
    const services = SERVICES.map((name, at) => ({ name, slots: slots[at] as [number, number] }));
    const text: SitesOptions = { flavour, services, sites: declared, publicPort: PUBLIC_PORT };
    const conf = readConf(renderSites(text));

    const wrong: unknown[] = [];
    const met: Record<string, number> = {};
    for (const [at, site] of declared.entries()) {
      const names = namesAsked(site);
      for (const [number, each] of sample(targetsOf(site), TARGETS_OF_EACH, seed * 1000 + at).entries()) {
        const request = requestOf(`http://${number % 20 === 0 ? "nobody.test" : names[number % names.length]}${each}`);
        const answer = await get(port, request.name, request.target);
        const location = answer.headers.get("location")?.[0];
        const echo = answer.status === 200 ? JSON.parse(answer.body) : {};
        const real = location
          ? [answer.status, location]
          : answer.status === 200
            ? [echo.service, echo.url]
            : answer.status || "closed";
        const { action } = answerOf(conf, { ...request, from: "127.0.0.1" });
        const predicted =
          action.kind === "redirect"
            ? [action.status, action.location]
            : action.kind === "pass"
              ? [serviceOfUpstream(action.to.replace("$", "")), action.path]
              : action.kind === "status"
                ? action.status
                : action.kind;
        const kind = "status" in action ? `${action.kind} ${action.status}` : action.kind;
        met[kind] = (met[kind] ?? 0) + 1;
        if (JSON.stringify(real) !== JSON.stringify(predicted))
          wrong.push({ asked: `${request.name} ${request.target}`, routes: site.routes, real, predicted });
      }
    }
    expect(wrong).toEqual([]);
    // a property that few requests get to would hold by itself
    const kinds = ["pass", "redirect 302", "redirect 308", "status 400", "status 403", "status 404", "status 503"];
    expect(kinds.filter((kind) => (met[kind] ?? 0) < 3)).toEqual([]);
  });
});
