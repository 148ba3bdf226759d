/** A stack of the tests' own on a swarm: a service that a site leads to, its neighbour, and what of them is the environment's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { HealthCheck, PulledImage, Secret, SwarmHost, Tls, useLocalBackend } from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-swarm");
useLocalBackend(stack);
const image = new PulledImage(stack, "image", { image: "python:3.12.8-slim-bookworm" });
const host = new SwarmHost(stack, "host", { port: 8080, tlsPort: 8443, deadlineSeconds: 90 });
const server = readFileSync(join(process.cwd(), "app/server.py"), "utf8");
const program = { image, port: 5000, command: ["python3", "-u", "-c", server], memoryMiB: 64 };
const api = host.run("api", { ...program, health: HealthCheck.tcp({ interval: 1 }), env: { BODY: "api" } });
const web = host.run("web", {
  ...program,
  health: HealthCheck.http("/", { interval: 1, retries: 2, startPeriod: 10 }),
  env: { NEEDS: api.url, ...JSON.parse(process.env.SLIPWAY_TEST_ENV ?? "{}") },
  secrets: { KEY: Secret.fromEnvironment("SLIPWAY_TEST_KEY") },
});
host.run("worker", {
  image,
  command: ["sleep", "inf"],
  health: HealthCheck.running(2),
  memoryMiB: 32,
  stopGraceSeconds: 1,
});
const { SLIPWAY_TEST_ROUTE: route = "/api", SLIPWAY_TEST_CERTIFICATE: version } = process.env;
host.serve("web.localhost", { "/": web, [route]: api });
const certificate = Secret.fromEnvironment(
  "SLIPWAY_TEST_PEM",
  version === undefined ? {} : { version: Number(version) },
);
host.serve("secured.localhost", { "/": web }, { tls: Tls.certificate(certificate) });
app.synth();
