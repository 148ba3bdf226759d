import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalHost, PulledImage } from "slipway";
import { slipwayMatchers, synthesize } from "slipway/testing";

test("the page is reached by its name", () => {
  const stack = synthesize((stack) => {
    const host = new LocalHost(stack, "host");
    const image = new PulledImage(stack, "image", { image: "registry:2.8.3" });
    host.serve("page.localhost", { "/": host.run("page", { image, port: 80 }) });
  });
  assert.equal(stack.route("http://page.localhost:8888/a").service, "page");
  assert.equal(slipwayMatchers.toPinEveryImage(stack).pass, true);
});
test("the matchers for Jest want its expect", async () => {
  await assert.rejects(import("slipway/testing/jest"), /there is no global expect/);
});
