/** A stack of the tests' own: an image of two platforms in a registry, and a host that takes its side. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import {
  BuildCache,
  BuiltImage,
  HealthCheck,
  LocalHost,
  Platform,
  SelfHostedRegistry,
  useLocalBackend,
} from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-platforms");
useLocalBackend(stack);
const port = Number(process.env.SLIPWAY_TEST_PORT ?? 5903);
const registry = new SelfHostedRegistry(stack, "registry", { port });
const cache = BuildCache.registry(`localhost:${port}/page:cache`);
const image = new BuiltImage(stack, "image", {
  context: "app",
  repository: registry.repository("page"),
  version: "1.0.0",
  platforms: [Platform.LINUX_AMD64, Platform.LINUX_ARM64],
  cache: { from: [cache], to: [cache] },
  lint: false,
});
const host = new LocalHost(stack, "host", { port: 8903, drainSeconds: 0 });
const page = host.run("page", { image, port: 8080, health: HealthCheck.http("/", { startPeriod: 30, interval: 1 }) });
host.serve("page.localhost", { "/": page });
new TerraformOutput(stack, "reference", { value: image.reference });
app.synth();
