/** A stack of the tests' own: an application that goes through a registry with TLS and a login. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import {
  BuiltImage,
  DockerEngine,
  HealthCheck,
  LocalHost,
  RegistryLogin,
  SelfHostedRegistry,
  useLocalBackend,
} from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-private");
useLocalBackend(stack);
const former = process.env.SLIPWAY_TEST_FORMER;
if (former) new DockerEngine(stack, "engine", { formerRegistries: [former] });
const registry = new SelfHostedRegistry(stack, "registry", {
  port: Number(process.env.SLIPWAY_TEST_PORT ?? 5902),
  tls: { certificate: "tls/certificate.pem", key: "tls/key.pem" },
  login: new RegistryLogin(stack, "login", { passwordVersion: Number(process.env.SLIPWAY_TEST_PASSWORD_VERSION ?? 1) }),
});
const image = new BuiltImage(stack, "image", {
  context: "app",
  repository: registry.repository("team/page"),
  version: "1.0.0",
});
const host = new LocalHost(stack, "host", { port: 8902, drainSeconds: 0 });
const page = host.run("page", { image, port: 5000, health: HealthCheck.http("/", { startPeriod: 30, interval: 1 }) });
host.serve("page.localhost", { "/": page });
new TerraformOutput(stack, "reference", { value: image.reference });
app.synth();
