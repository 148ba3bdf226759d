import { healthOf } from "../../src/release/health-host.ts";
import type { RouteTarget, Site } from "../../src/release/site.ts";
import { HealthCheck } from "../../src/values/health-check.ts";

const check = HealthCheck.http("/status");
const site = (name: string, ...to: RouteTarget[]): Site => ({
  name,
  routes: to.map((target, at) => ({ path: `/${at}`, to: target })),
  proxy: {},
});

test.each<[string, readonly Site[], string | undefined]>([
  ["no site", [], undefined],
  ["a site of another service", [site("a.test", { service: "api" })], undefined],
  ["a site of an address", [site("a.test", { address: "web:80" })], undefined],
  ["a wildcard alone", [site("*.a.test", { service: "web" })], undefined],
  [
    "two sites, whatever their order",
    [site("b.test", { service: "web" }), site("a.test", { service: "api" }, { service: "web" })],
    "a.test",
  ],
])("with %s the Host is as it should be", (_, sites, host) => {
  expect(healthOf("web", check, sites).host).toBe(host);
  expect(healthOf("web", check, [...sites].reverse()).host).toBe(host);
});

test("a check's own Host stays", () => {
  const own = HealthCheck.http("/", { host: "own.test" });
  expect(healthOf("web", own, [site("a.test", { service: "web" })])).toBe(own);
});
