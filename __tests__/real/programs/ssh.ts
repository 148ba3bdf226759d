/** A stack of the tests' own: a server that is told by ssh, what it runs told by variables of the environment. */
import { App, TerraformStack } from "cdktf";
import { HealthCheck, Platform, PulledImage, Secret, SshHost, useLocalBackend } from "../../../src/index.ts";
import { serveTable } from "../../vectors/serve-table.ts";

const told = (name: string): string => process.env[`SLIPWAY_TEST_${name}`] as string;

/** Public keys, one after another; none are demanded where it is not set. */
const signers = process.env.SLIPWAY_TEST_SIGNERS?.split(/(?<=-----END PUBLIC KEY-----\n)/);

const app = new App();
const stack = new TerraformStack(app, "slipway-test-ssh");
useLocalBackend(stack);
const host = new SshHost(stack, "host", {
  address: told("ADDRESS"),
  hostKey: told("HOST_KEY"),
  user: "deploy",
  drainSeconds: 2,
  deadlineSeconds: 600,
  resolver: "127.0.0.1",
  requireSignature: signers,
});
const image = new PulledImage(stack, "image", { image: told("IMAGE"), platform: Platform.LINUX_AMD64 });
const page = host.run("page", {
  image,
  port: 8080,
  health: HealthCheck.http("/status", { interval: 1, timeout: 2, retries: 3, startPeriod: 10 }),
  memoryMiB: 32,
  secrets: { GREETING: Secret.fromEnvironment("SLIPWAY_TEST_GREETING") },
});
host.serve("page.test", { "/": page });
if (told("TABLE") !== undefined) {
  const echo = new PulledImage(stack, "echo", { image: told("ECHO"), platform: Platform.LINUX_AMD64 });
  serveTable(host, echo, JSON.parse(told("TABLE")));
}
app.synth();
