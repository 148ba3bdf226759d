/** A stack of the tests' own: two services of one image that may need each other, a worker beside them, and a program of the machine; what the services do is the environment's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { Backend, HealthCheck, LocalHost, PulledImage, Tls, useLocalBackend } from "../../../src/index.ts";
import { ServicePorts } from "../../../src/release/service-ports.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-neighbours");
useLocalBackend(stack);
const image = new PulledImage(stack, "image", { image: "python:3.12.8-slim-bookworm" });
const host = new LocalHost(stack, "host", {
  port: 8903,
  tlsPort: 8905,
  drainSeconds: 5,
  nginxImage: process.env.SLIPWAY_TEST_NGINX,
});
const server = readFileSync(join(process.cwd(), "app/server.py"), "utf8");
// Each is told of the other, so neither can be declared after what it is told.
const ports = new ServicePorts();
const url = { a: ports.claim("a"), b: ports.claim("b") };
const settings = JSON.parse(process.env.SLIPWAY_TEST_SERVICES ?? "{}");
for (const [name, other] of [
  ["a", "b"],
  ["b", "a"],
] as const) {
  const { health = "/", env = {}, ...more } = settings[name] ?? {};
  const service = host.run(name, {
    image,
    port: 5000,
    command: ["python3", "-u", "-c", server],
    health: HealthCheck.http(health, { startPeriod: 20, interval: 1 }),
    ...more,
    env: { NEEDS: `http://slipway-neighbours-host-nginx:${url[other].internal}/`, ...env },
  });
  host.serve(`${name}.localhost`, { "/": service });
}
const { worker } = settings;
if (worker) {
  const { runs, check, command } = worker;
  const health = runs ? HealthCheck.running(runs) : HealthCheck.command(check, { startPeriod: 20, interval: 1 });
  host.run("worker", { image, command, health, stopGraceSeconds: 5 });
}
const machine = Backend.fromAddress("host.docker.internal:8904");
host.serve("machine.localhost", { "/": machine });
host.serve("secured.localhost", { "/": machine }, { tls: Tls.local(), hsts: { maxAge: 300 } });
app.synth();
