import { type ReleaseOptions, release } from "../../src/release/release.ts";
import { service } from "../../src/release/service.ts";
import type { RouteTarget, Site } from "../../src/release/site.ts";
import { TrustedProxies } from "../../src/release/trusted-proxies.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { IpRange } from "../../src/values/ip-range.ts";

const IMAGE = `web@sha256:${"a1".repeat(32)}`;
const web = service({ name: "web", image: IMAGE, port: 80, health: HealthCheck.http("/status") });
const site = (name: string, to: RouteTarget, readTimeoutSeconds?: number): Site => ({
  name,
  routes: [{ path: "/", to }],
  proxy: { readTimeoutSeconds },
});
const options: ReleaseOptions = {
  host: "stack/host",
  services: [web],
  sites: [site("a.test", { service: "web" })],
};

test("is plain data with every default filled in", () => {
  expect(JSON.parse(JSON.stringify(release(options)))).toEqual({
    host: "stack/host",
    services: [
      {
        name: "web",
        image: IMAGE,
        port: 80,
        health: { kind: "http", path: "/status", host: "a.test", interval: 5, timeout: 3, retries: 3, startPeriod: 30 },
        env: {},
        secrets: {},
        memoryMiB: 256,
        pidsLimit: 512,
        stopGraceSeconds: 10,
      },
    ],
    sites: [{ name: "a.test", routes: [{ path: "/", to: { service: "web" } }], proxy: {} }],
    drainSeconds: 60,
    keepReleases: 3,
  });
});

test.each<[string, readonly Site[], number]>([
  ["no site", [], 10],
  ["a site that says nothing", [site("a.test", { service: "web" })], 60],
  ["a short one alone", [site("a.test", { service: "web" }, 5)], 10],
  ["the longest of several", [5, 300, 20].map((s, at) => site(`${at}.test`, { service: "web" }, s)), 300],
  ["a day, which no release sits out", [site("a.test", { service: "web" }, 86_400)], 3600],
])("drains as long as a request may be silent: %s", (_, sites, seconds) => {
  expect(release({ ...options, sites }).drainSeconds).toBe(seconds);
  expect(release({ ...options, sites, drainSeconds: 7 }).drainSeconds).toBe(7);
});

test("no site leads to a worker, and a worker alone is a release", () => {
  const worker = service({ name: "worker", image: IMAGE, health: HealthCheck.running(10) });
  expect(release({ host: "a/b", services: [worker], sites: [] }).services).toEqual([worker]);
  const sites = [site("a.test", { service: "worker" })];
  const message = 'route must lead to a service with a port, got "worker": give host.run the port that it listens on';
  expect(() => release({ host: "a/b", services: [worker], sites })).toThrow(message);
  expect(() => service({ name: "worker", image: IMAGE })).toThrow(
    "service port must be given where the health check is tcp",
  );
});

test("an idle stream is not waited for, a silent request of a route is", () => {
  const to: RouteTarget = { service: "web" };
  const routes = [
    { path: "/a", to, proxy: { readTimeoutSeconds: 90 } },
    { path: "/live", to, proxy: { idleTimeoutSeconds: 3600 } },
  ];
  expect(release({ ...options, sites: [{ name: "a.test", routes, proxy: {} }] }).drainSeconds).toBe(90);
});

test.each<[unknown, string]>([
  [[], "trusted proxies must be 1 to 50 ranges, got 0"],
  [["0.0.0.0/0"], "trusted proxies must not be everybody"],
  ["10.0.0.0/8", "trusted proxies must be a list of address ranges"],
  [["10.0.0.1/8"], 'use "10.0.0.0/8"'],
])("refuses to trust %j", (ranges, message) => {
  expect(() => TrustedProxies.ranges(ranges as string[])).toThrow(message);
});

test("trusts Cloudflare by its own header", () => {
  const { header, ranges } = TrustedProxies.cloudflare();
  expect(header).toBe("CF-Connecting-IP");
  expect(ranges).toHaveLength(15);
  for (const range of ranges) expect(IpRange.parse(range).cidr).toBe(range);
  const { trustedProxies } = release({
    ...options,
    trustedProxies: TrustedProxies.ranges(["10.0.2.0/24", "10.0.1.7"]),
  });
  expect(trustedProxies).toEqual({ header: "X-Forwarded-For", ranges: ["10.0.1.7", "10.0.2.0/24"] });
});

test.each<[string, Partial<ReleaseOptions>, string]>([
  ["a service twice", { services: [web, web] }, 'service name must be declared once, got "web"'],
  [
    "a site twice",
    { sites: [options.sites[0] as Site, options.sites[0] as Site] },
    "server name must be declared once",
  ],
  [
    "a route to what is no service",
    { sites: [site("a.test", { service: "wbe" })] },
    'route must lead to a service that is declared, got "wbe": declared: web',
  ],
  ["an endless drain", { drainSeconds: 3601 }, "drain time must be a whole number of seconds from 0 to 3600, got 3601"],
  ["half a drain", { drainSeconds: 0.5 }, "drain time must be a whole number of seconds"],
  ["no release kept", { keepReleases: 0 }, "number of kept releases must be a whole number from 1 to 100, got 0"],
])("refuses %s", (_, change, message) => {
  expect(() => release({ ...options, ...change })).toThrow(message);
});
