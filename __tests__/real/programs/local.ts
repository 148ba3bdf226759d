/** A stack of the tests' own: what an application becomes on the local engine, with names and ports that no example has. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { BuiltImage, HealthCheck, LocalHost, SelfHostedRegistry, useLocalBackend } from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-test");
useLocalBackend(stack);
const registry = new SelfHostedRegistry(stack, "registry", { port: 5901 });
const image = new BuiltImage(stack, "image", {
  context: "app",
  repository: registry.repository("page"),
  version: "1.0.0",
  secrets: [{ id: "token", env: "SLIPWAY_TEST_TOKEN" }],
});
const host = new LocalHost(stack, "host", { port: 8901, drainSeconds: 5 });
const settings = JSON.parse(process.env.SLIPWAY_TEST_SETTINGS ?? "{}");
const health = HealthCheck.http("/", { startPeriod: 30, interval: 1 });
const page = host.run("page", { image, port: 5000, health, ...settings });
if (process.env.SLIPWAY_TEST_SECOND) {
  const reader = host.run("reader", {
    image,
    port: 5000,
    env: { UPSTREAM: page.url, TEXT: '${HOME} %{x} "quoted"' },
    health: HealthCheck.http("/upstream", { startPeriod: 30, interval: 1 }),
  });
  host.serve("page.localhost", { "/": page, "/reader": reader });
} else {
  host.serve("page.localhost", { "/": page });
}
new TerraformOutput(stack, "reference", { value: image.reference });
app.synth();
