/** Services on local hosts, each of an image of its own, one name a host that leads to all of them. */
import { App, TerraformStack } from "cdktf";
import { HealthCheck, type IBackend, LocalHost, PulledImage } from "../../src/index.ts";

const app = new App({ outdir: process.env.SLIPWAY_BENCH_OUT });
const stack = new TerraformStack(app, "bench");
const hosts = Number(process.env.SLIPWAY_BENCH_HOSTS);
const perHost = Number(process.env.SLIPWAY_BENCH_SERVICES) / hosts;
for (let each = 0; each < hosts; each += 1) {
  const host = new LocalHost(stack, `host-${each}`, { port: 8000 + each });
  const routes: Record<string, IBackend> = {};
  for (let index = each * perHost; index < (each + 1) * perHost; index += 1) {
    const image = `example.com/app-${index}@sha256:${"0".repeat(64)}`;
    routes[`/service-${index}/`] = host.run(`service-${index}`, {
      image: new PulledImage(stack, `image-${index}`, { image }),
      port: 8080,
      health: HealthCheck.http("/status"),
      env: { NAME: `service-${index}`, PORT: "8080" },
    });
  }
  host.serve(`host-${each}.example.com`, routes);
}
app.synth();
