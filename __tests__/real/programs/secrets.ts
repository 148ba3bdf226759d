/** A stack of the tests' own: a service with secrets of the deployer's, one without, and a site with a password. */
import { App, TerraformStack } from "cdktf";
import { HealthCheck, LocalHost, PulledImage, Secret, Tls, useLocalBackend } from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-secrets");
useLocalBackend(stack);
const image = new PulledImage(stack, "image", { image: "python:3.12.8-slim-bookworm" });
const host = new LocalHost(stack, "host", { port: 8961, tls: Tls.local(), tlsPort: 8962, drainSeconds: 1 });
const version = process.env.SLIPWAY_TEST_VERSION ?? "1";
const health = HealthCheck.http("/", { startPeriod: 20, interval: 1 });
const command = ["python3", "-m", "http.server", "5000", "--directory", "/run"];
const reader = host.run("reader", {
  image,
  port: 5000,
  command,
  health,
  stopGraceSeconds: 1,
  user: "nobody",
  secrets: {
    DB_PASSWORD: Secret.fromFile("app/db-password", { version }),
    API_KEY: Secret.fromEnvironment("SLIPWAY_TEST_API_KEY", { as: "file" }),
  },
});
const other = host.run("other", { image, port: 5000, command, health, stopGraceSeconds: 1 });
const users = { alice: Secret.fromEnvironment("SLIPWAY_TEST_ALICE", { version }) };
host.serve("guarded.localhost", { "/": reader, "/other": other }, { basicAuth: { realm: "The shop", users } });
app.synth();
