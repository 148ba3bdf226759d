import { healthOf } from "../../src/release/health-host.ts";
import { HealthCheck } from "../../src/values/health-check.ts";

const check = HealthCheck.http("/status");

test.each<[string, Parameters<typeof healthOf>[2], string | undefined]>([
  ["no site", [], undefined],
  ["a site of another service", [{ name: "a.test", routes: { "/": { service: "api" } } }], undefined],
  ["a site of an address", [{ name: "a.test", routes: { "/": { address: "web:80" } } }], undefined],
  ["a wildcard alone", [{ name: "*.a.test", routes: { "/": { service: "web" } } }], undefined],
  [
    "two sites, whatever their order",
    [
      { name: "b.test", routes: { "/": { service: "web" } } },
      { name: "a.test", routes: { "/": { service: "api" }, "/web": "web" } },
    ],
    "a.test",
  ],
])("with %s the Host is as it should be", (_, sites, host) => {
  expect(healthOf("web", check, sites).host).toBe(host);
  expect(healthOf("web", check, [...sites].reverse()).host).toBe(host);
});

test("a check's own Host stays", () => {
  const own = HealthCheck.http("/", { host: "own.test" });
  expect(healthOf("web", own, [{ name: "a.test", routes: { "/": "web" } }])).toBe(own);
});
