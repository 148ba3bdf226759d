/** A stack of the tests' own: a page that ends where its database does not answer, with and without saying so. */
import { App, TerraformStack } from "cdktf";
import { BuiltImage, HealthCheck, LocalHost, Mount, SelfHostedRegistry, useLocalBackend } from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-test-depends");
useLocalBackend(stack);
const registry = new SelfHostedRegistry(stack, "registry", { port: 5907 });
const image = new BuiltImage(stack, "image", { context: "app", repository: registry.repository("page") });
const host = new LocalHost(stack, "host", { port: 8907, drainSeconds: 1 });
const database = host.run("database", {
  image,
  command: ["python3", "-u", "database.py", process.env.SLIPWAY_TEST_DATABASE ?? "1"],
  port: 5432,
  health: HealthCheck.tcp({ interval: 1 }),
  mounts: { "/data": Mount.volume("database") },
});
// by its name before the database's, so that nothing but the option puts it behind
const catalog = host.run("catalog", {
  image,
  command: ["python3", "-u", "page.py", process.env.SLIPWAY_TEST_PAGE ?? "one"],
  port: 5000,
  env: { DATABASE: database.addressFrom(host) },
  health: HealthCheck.http("/", { interval: 1 }),
  ...(process.env.SLIPWAY_TEST_DEPENDS === "yes" && { dependsOn: [database] }),
});
host.serve("page.localhost", { "/": catalog });
app.synth();
