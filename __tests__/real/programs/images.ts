/** A stack of the tests' own: three images upon one base, in a registry that is there, and a host that runs one. */
import { App, TerraformStack } from "cdktf";
import {
  BuiltImage,
  HealthCheck,
  LocalHost,
  PulledImage,
  SelfHostedRegistry,
  useLocalBackend,
} from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-images");
useLocalBackend(stack);
const { SLIPWAY_TEST_REGISTRY: address = "127.0.0.1:5904", SLIPWAY_TEST_PORT: port = "8904" } = process.env;
const registry = SelfHostedRegistry.fromAddress(stack, "registry", { address });
const [web] = ["web", "api", "job"].map(
  (name) =>
    new BuiltImage(stack, `${name}-image`, {
      context: `app/${name}`,
      repository: registry.repository(`shop/${name}`),
      version: "1.4.2",
    }),
);
const host = new LocalHost(stack, "host", { port: Number(port), drainSeconds: 0 });
if (web === undefined) throw new Error("no image");
const service = host.run("web", {
  image: web,
  port: 8080,
  health: HealthCheck.http("/", { startPeriod: 30, interval: 1 }),
});
host.serve("images.localhost", { "/": service });
const { SLIPWAY_TEST_LOADED: loaded } = process.env;
if (loaded !== undefined) {
  const image = new PulledImage(stack, "loaded-image", { image: loaded });
  const health = HealthCheck.http("/", { startPeriod: 30, interval: 1 });
  host.serve("loaded.localhost", { "/": host.run("loaded", { image, port: 8080, health }) });
}
app.synth();
