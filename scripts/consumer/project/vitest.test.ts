import { LocalHost, PulledImage } from "slipway";
import { type SlipwayMatchers, slipwayMatchers, synthesize } from "slipway/testing";
import { expect, test } from "vitest";

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: Vitest's own default
  interface Matchers<T = any> extends SlipwayMatchers<T> {}
}

expect.extend(slipwayMatchers);

test("the page is reached by its name", () => {
  const stack = synthesize((stack) => {
    const host = new LocalHost(stack, "host");
    const image = new PulledImage(stack, "image", { image: "registry:2.8.3" });
    host.serve("page.localhost", { "/": host.run("page", { image, port: 80 }) });
  });
  expect(stack.route("http://page.localhost:8888/a")).toReach("page");
  expect(stack.route("http://page.localhost:8888/a")).not.toReach("other");
  expect(stack).toPinEveryImage();
});
