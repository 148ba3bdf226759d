/** A stack of the tests' own: a service of the local engine, whose image is signed, and a host that demands it. */
import { App, TerraformStack } from "cdktf";
import {
  BuiltImage,
  HealthCheck,
  LocalHost,
  SelfHostedRegistry,
  Signing,
  useLocalBackend,
} from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-test-signing");
useLocalBackend(stack);
const { SLIPWAY_TEST_SIGN: file, SLIPWAY_TEST_KEYS: keys = "" } = process.env;
const registry = new SelfHostedRegistry(stack, "registry", { port: 5908 });
const image = new BuiltImage(stack, "image", {
  context: "app",
  repository: registry.repository("page"),
  ...(file === undefined ? {} : { sign: Signing.key({ file }) }),
});
const host = new LocalHost(stack, "host", { port: 8908, drainSeconds: 1, requireSignature: keys.split(",") });
const page = host.run("page", { image, port: 5000, health: HealthCheck.http("/", { interval: 1 }) });
host.serve("page.localhost", { "/": page });
app.synth();
