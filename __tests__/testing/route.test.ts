import type { TerraformStack } from "cdktf";
import { AwsAccount, NanoHost } from "../../src/aws/index.ts";
import { Backend, type IHost, type SiteOptions, type SiteRoute, Tls, TrustedProxies } from "../../src/index.ts";
import { type SynthesizedStack, synthesize } from "../../src/testing/index.ts";
import { ComposeHost } from "../hosts/compose-host.ts";
import { image, localHost, NAME, nanoHost, services } from "./shop.ts";

const HOSTS = { "local host": localHost, "nano host": nanoHost } as const;

type Routes = (of: ReturnType<typeof services>) => Record<string, SiteRoute>;

const both: Routes = ({ web, api }) => ({
  "/": web,
  "/api": { to: api, stripPrefix: true },
  "/old": { redirect: "/new" },
});

function shop(host: (stack: TerraformStack) => IHost, routes: Routes = both, options?: SiteOptions): SynthesizedStack {
  return synthesize((stack) => {
    const declared = host(stack);
    declared.serve(NAME, routes(services(stack, declared)), options);
  });
}

describe.each(Object.entries(HOSTS))("a %s", (_, host) => {
  test("leads each path to the service of the longest route, which gets what is left of it", () => {
    const stack = shop(host);
    const reached = (url: string) => {
      const { service, port, path } = stack.route(url);
      return [service, port, path];
    };
    expect(reached(`http://${NAME}`)).toEqual(["front-end", 3000, "/"]);
    expect(reached(`http://${NAME}/a%2Fb/../c?d#e`)).toEqual(["front-end", 3000, "/a%2Fb/../c?d"]);
    expect(reached(`http://${NAME}/api`)).toEqual(["api", 8080, "/"]);
    expect(reached(`http://${NAME}/api/7?a=b`)).toEqual(["api", 8080, "/7?a=b"]);
    expect(reached(`http://${NAME}/apiary`)).toEqual(["front-end", 3000, "/apiary"]);
    expect(reached(`http://${NAME.toUpperCase()}/%61pi/x y`)).toEqual(["api", 8080, "/x%20y"]);
    expect(stack.route(`http://${NAME}/api/7`)).toEqual({
      url: `http://${NAME}/api/7`,
      host: "stack/host",
      site: NAME,
      route: "/api",
      service: "api",
      serviceHost: "stack/host",
      port: 8080,
      path: "/7",
      headers: {},
      reason: `${NAME}/api leads to api of stack/host, which gets /7`,
    });
  });

  test("sends visitors on, as a browser completes it", () => {
    const stack = shop(host, both, { redirectFrom: ["www.example.com"] });
    const port = stack.route(`http://${NAME}/old`).redirect?.includes(":8888") ? ":8888" : "";
    expect(stack.route(`http://${NAME}/old/a?b`)).toMatchObject({
      status: 308,
      redirect: `http://${NAME}${port}/new/a?b`,
      reason: `${NAME}/old is redirected by 308 to http://${NAME}${port}/new/a?b`,
    });
    expect(stack.route("http://www.example.com/x?y")).toMatchObject({ redirect: `http://${NAME}${port}/x?y` });
  });

  test("says why nobody gets a request", () => {
    const stack = shop(host, ({ api }) => ({ "/api": api }), { allow: ["10.0.0.0/8"] });
    const why = (url: string, from?: string) => stack.route(url, { from }).reason;
    expect(why(`http://${NAME}/`)).toBe(`${NAME}/ answers 404: the site has no route for the path`);
    expect(why(`http://${NAME}/../x`)).toBe(`${NAME} answers 400: no server reads such a path`);
    expect(why("http://shop.example.org/api")).toBe(
      "stack/host closes the connection without an answer, for it does not serve shop.example.org by http: did you mean shop.example.com?",
    );
    expect(why(`https://${NAME}/api`)).toBe("stack/host does not listen for https: no site of it has TLS");
    expect(why(`http://${NAME}:1/api`)).toMatch(/^stack\/host listens for http at (80|8888) and not at 1$/);
    expect(why(`http://${NAME}/api`, "203.0.113.9")).toBe(
      `${NAME}/api lets in 10.0.0.0/8 alone, and answers others 403`,
    );
    expect(stack.route(`http://${NAME}/api`, { from: "10.1.2.3" })).toMatchObject({ service: "api" });
    expect(stack.route(`http://${NAME}/api`)).toMatchObject({ service: "api", allow: ["10.0.0.0/8"] });
  });

  test("serves aliases, every name below a wildcard, and whatever else by a default site", () => {
    const stack = synthesize((scope) => {
      const declared = host(scope);
      const { web, api } = services(scope, declared);
      declared.serve("*.example.com", { "/": web }, { aliases: ["example.com"] });
      declared.serve(NAME, { "/": api });
    });
    const service = (name: string) => stack.route(`http://${name}/`).service;
    expect([service(NAME), service("a.example.com"), service("a.b.example.com"), service("example.com")]).toEqual([
      "api",
      "front-end",
      "front-end",
      "front-end",
    ]);
    expect(service("example.org")).toBeUndefined();
    expect(shop(host, both, { defaultSite: true }).route("http://192.0.2.1/api/7").service).toBe("api");
  });

  test("answers by itself what is in maintenance", () => {
    const { status, reason, headers } = shop(host, both, { maintenance: true }).route(`http://${NAME}/api`);
    expect([status, reason]).toEqual([
      503,
      `${NAME}/ answers 503: the site is in maintenance, or has lost its certificate`,
    ]);
    expect(headers).toEqual({ "Retry-After": "300" });
  });

  test("leads to addresses that are nobody's of the stack", () => {
    const stack = shop(host, () => ({
      "/": Backend.fromAddress("10.0.0.5:8080"),
      "/n": Backend.fromAddress("a.test:1"),
    }));
    expect(stack.route(`http://${NAME}/a`)).toMatchObject({ address: "10.0.0.5:8080", path: "/a" });
    expect(stack.route(`http://${NAME}/n`)).toMatchObject({ address: "a.test:1", path: "/n" });
  });

  test("believes a trusted proxy by which scheme a visitor came", () => {
    const stack = synthesize((scope) => {
      const trustedProxies = TrustedProxies.cloudflare();
      const declared = host === localHost ? localHost(scope, { trustedProxies }) : nanoHost(scope, { trustedProxies });
      declared.serve(NAME, { "/": services(scope, declared).web }, { redirectFrom: ["www.example.com"] });
    });
    expect(stack.route("https://www.example.com/a", { proxied: true }).redirect).toBe(`https://${NAME}/a`);
    expect(stack.route(`https://${NAME}/a`, { proxied: true }).service).toBe("front-end");
  });
});

test("a name by TLS is sent there, and without its certificate is served as the host does then", () => {
  const tls = Tls.acme({ email: "a@example.com", agreeToTerms: true });
  const stack = synthesize((scope) => {
    const host = nanoHost(scope, { tls });
    const { web, api } = services(scope, host);
    host.serve(NAME, { "/": web }, { aliases: ["api.example.com"] });
    host.serve("safe.example.com", { "/": api }, { hsts: { maxAge: 300 } });
  });
  expect(stack.route(`http://${NAME}/a?b`)).toMatchObject({ status: 308, redirect: `https://${NAME}/a?b` });
  expect(stack.route(`https://${NAME}/a?b`)).toMatchObject({ service: "front-end", path: "/a?b", site: NAME });
  expect(stack.route("https://api.example.com/")).toMatchObject({ service: "front-end", site: "api.example.com" });
  expect(stack.route("https://safe.example.com/").headers).toEqual({ "Strict-Transport-Security": "max-age=300" });
  expect(stack.route("https://other.example.com/").reason).toMatch(/^stack\/host ends the handshake without an answer/);
  expect(stack.route(`http://${NAME}/.well-known/acme-challenge/x`).reason).toMatch(/is where an ACME server asks/);
  expect(stack.route(`http://${NAME}/`, { certificate: "before" }).service).toBe("front-end");
  expect(stack.route("http://safe.example.com/", { certificate: "before" }).status).toBe(503);
  expect(stack.route(`http://${NAME}/`, { certificate: "lost" }).status).toBe(503);
  expect(stack.route(`https://${NAME}/`, { certificate: "lost" }).reason).toMatch(/ends the handshake/);
  expect(Object.keys(stack.nginx())).toContain(`${NAME}.secured.conf`);
});

test("a host in front leads to the service of the host behind", () => {
  const stack = synthesize((scope) => {
    AwsAccount.of(scope, { account: "111122223333", region: "eu-west-1" });
    const behind = new NanoHost(scope, "behind");
    const front = new NanoHost(scope, "front");
    const api = behind.run("api", { image: image(scope, "app", behind.platform), port: 8080 });
    front.serve(NAME, { "/api": { to: api, stripPrefix: true } });
    behind.serve("other.example.com", { "/": api });
  });
  expect(stack.route(`http://${NAME}/api/7`)).toMatchObject({
    host: "stack/front",
    service: "api",
    serviceHost: "stack/behind",
    port: 8080,
    path: "/7",
  });
  expect(stack.route("http://other.example.com/").host).toBe("stack/behind");
  expect(stack.route("http://no.example.net/").reason).toBe(
    "no host serves no.example.net, but other.example.com, shop.example.com",
  );
  expect(stack.route(`http://${NAME}/`, { host: "behind" }).reason).toMatch(/^stack\/behind closes the connection/);
});

test("a kind of host that has no Nginx of ours says so", () => {
  const stack = synthesize((scope) => {
    const host = new ComposeHost(scope, "host");
    host.serve(NAME, { "/": services(scope, host).web });
  });
  expect(stack.route(`http://${NAME}/`).reason).toBe("no host that is asked serves names by an Nginx of Slipway's");
  expect(() => stack.nginx()).toThrow("stack/host has no Nginx of Slipway's");
  expect(stack.release().sites.map(({ name }) => name)).toEqual([NAME]);
});

test("hosts on one network are one behind the other", () => {
  const stack = synthesize((scope) => {
    const behind = localHost(scope, { port: 8001 }, "behind");
    const front = localHost(scope, { port: 8002, network: behind.network }, "front");
    front.serve(NAME, { "/api": services(scope, behind).api });
  });
  expect(stack.route(`http://${NAME}/api/7`)).toMatchObject({
    host: "stack/front",
    service: "api",
    serviceHost: "stack/behind",
    path: "/api/7",
  });
});

test("what is no URL, and a name that two hosts serve, is refused", () => {
  const stack = synthesize((scope) => {
    AwsAccount.of(scope, { account: "111122223333", region: "eu-west-1" });
    for (const id of ["a", "b"]) {
      const host = new NanoHost(scope, id);
      host.serve(NAME, { "/": host.run("web", { image: image(scope, id, host.platform), port: 80 }) });
    }
  });
  expect(() => stack.route(`${NAME}/`)).toThrow(
    'url must be an http or https URL, got "shop.example.com/": write "https://shop.example.com/"',
  );
  expect(() => stack.route(`http://${NAME}/`)).toThrow(
    `${NAME} is served by stack/a and stack/b: say by which, route(url, { host })`,
  );
  expect(stack.route(`http://${NAME}/`, { host: "b" })).toMatchObject({ host: "stack/b", service: "web" });
  expect(() => stack.route(`http://${NAME}/`, { host: "c" })).toThrow("stack has no host c: it has stack/a, stack/b");
  expect(() => stack.route(`http://${NAME}/`, { host: "b", from: "nobody" })).toThrow(
    'from must be an IP address, got "nobody"',
  );
});
