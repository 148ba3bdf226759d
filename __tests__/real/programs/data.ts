/** A stack of the tests' own: a Redis whose data outlives its releases, each made by another value of a variable. */
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { HealthCheck, LocalHost, Mount, PulledImage, useLocalBackend } from "../../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-data");
useLocalBackend(stack);
const variable = (id: string, usual: string) =>
  new TerraformVariable(stack, id, { type: "string", default: usual }).stringValue;
const host = new LocalHost(stack, "host", { port: 8906, drainSeconds: 5 });
const redis = host.run("redis", {
  image: new PulledImage(stack, "image", { image: "redis:7" }),
  command: ["redis-server", "/etc/redis.conf", "--appendonly", variable("appendonly", "yes")],
  port: 6379,
  env: { RELEASE: variable("release", "0") },
  health: HealthCheck.tcp({ startPeriod: 20, interval: 1 }),
  mounts: {
    "/data": Mount.volume("redis"),
    "/etc/redis.conf": Mount.file("protected-mode no\nappendfsync always\n# ${HOME} is no reference\n"),
    "/scratch": Mount.tmpfs({ sizeMiB: 8 }),
  },
});
host.run("reader", {
  image: new PulledImage(stack, "reader-image", { image: "python:3.12.8-slim-bookworm" }),
  command: ["python3", "-m", "http.server", "5000"],
  port: 5000,
  // As the first process of a container Python ends by no SIGTERM, and would take its whole grace.
  stopSignal: "SIGINT",
  env: { REDIS: redis.addressFrom(host) },
});
app.synth();
