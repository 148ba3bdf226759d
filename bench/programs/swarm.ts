/** The stack of bench/swarm.ts: three tasks of an application whose body tells its version, and a neighbour. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import { HealthCheck, PulledImage, SwarmHost, useLocalBackend } from "../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-bench-swarm");
useLocalBackend(stack);
const { SLIPWAY_BENCH_BODY = "one", SLIPWAY_BENCH_STATUS = "200", SLIPWAY_BENCH_ROUTE = "/api" } = process.env;
const image = new PulledImage(stack, "image", { image: "python:3.12.8-slim-bookworm" });
const host = new SwarmHost(stack, "host", { port: 8080 });
const command = ["python3", "-u", "-c", readFileSync(join(process.cwd(), "app/server.py"), "utf8")];
const health = HealthCheck.http("/", { interval: 1, timeout: 5, retries: 3, startPeriod: 20 });
const program = { image, port: 5000, command, health, memoryMiB: 64 };
const web = host.run("web", {
  ...program,
  env: { BODY: SLIPWAY_BENCH_BODY, STATUS: SLIPWAY_BENCH_STATUS },
  replicas: 3,
});
const api = host.run("api", { ...program, env: { BODY: "api" }, replicas: 2 });
host.serve("web.localhost", { "/": web, [SLIPWAY_BENCH_ROUTE]: api });
app.synth();
