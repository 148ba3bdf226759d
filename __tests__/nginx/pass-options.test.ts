import { largestLimits } from "../../src/nginx/pass-options.ts";
import type { ProxyOptions } from "../../src/release/proxy-options.ts";

test.each<[string, ProxyOptions[], ProxyOptions]>([
  ["nothing declared", [], {}],
  ["smaller ones", [{ maxBodySize: "1m" }, { readTimeoutSeconds: 5 }], {}],
  ["the defaults in other words", [{ maxBodySize: "10240k", readTimeoutSeconds: 60 }], {}],
  [
    "the largest of each",
    [{ maxBodySize: "20m" }, { maxBodySize: "1G" }, { readTimeoutSeconds: 300 }, { readTimeoutSeconds: 61 }],
    { maxBodySize: "1G", readTimeoutSeconds: 300 },
  ],
  ["no limit over any", [{ maxBodySize: "9g" }, { maxBodySize: "0" }, { maxBodySize: "99g" }], { maxBodySize: "0" }],
  ["no limit in other words", [{ maxBodySize: "0m" }, { maxBodySize: "99g" }], { maxBodySize: "0m" }],
])("the limits between services are, of %s", (_, options, limits) => {
  expect(largestLimits(options)).toEqual(limits);
  expect(largestLimits(options.toReversed())).toEqual(limits);
});

test("a size that is none is refused", () => {
  expect(() => largestLimits([{ maxBodySize: "10mb" }])).toThrow("nginx size must be a whole number");
});
