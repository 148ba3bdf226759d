import { BuiltImage, LocalHost, SelfHostedRegistry } from "slipway";
import { synthesize } from "slipway/testing";
import "slipway/testing/jest";

test("the page is reached by its name, and what runs is pinned", () => {
  const stack = synthesize((stack) => {
    const registry = new SelfHostedRegistry(stack, "registry", { port: 5001 });
    const image = new BuiltImage(stack, "image", { context: "app", repository: registry.repository("page") });
    const host = new LocalHost(stack, "host");
    host.serve("page.localhost", { "/": host.run("page", { image, port: 80 }) });
  });
  expect(stack.route("http://page.localhost:8888/a")).toReach("page", { path: "/a" });
  expect(stack.route("http://page.localhost:8888/a")).not.toReach("other");
  expect(stack).toPinEveryImage();
});
