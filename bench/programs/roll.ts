/** The local host of bench/roll.ts: an application in two names, one with TLS, and a neighbour, of images by digest. */
import { App, TerraformStack } from "cdktf";
import { HealthCheck, LocalHost, PulledImage, Tls, useLocalBackend } from "../../src/index.ts";

const app = new App();
const stack = new TerraformStack(app, "slipway-roll");
useLocalBackend(stack);
const { SLIPWAY_BENCH_WEB = "", SLIPWAY_BENCH_CHAT = "", SLIPWAY_BENCH_DRAIN, SLIPWAY_BENCH_NGINX } = process.env;
const host = new LocalHost(stack, "host", {
  port: 8906,
  tlsPort: 8907,
  drainSeconds: Number(SLIPWAY_BENCH_DRAIN),
  nginxImage: SLIPWAY_BENCH_NGINX,
});
for (const [name, image] of Object.entries({ web: SLIPWAY_BENCH_WEB, chat: SLIPWAY_BENCH_CHAT })) {
  const service = host.run(name, {
    image: new PulledImage(stack, `${name}-image`, { image }),
    port: 8080,
    health: HealthCheck.http("/", { interval: 1, timeout: 2, retries: 3, startPeriod: 5 }),
  });
  host.serve(`${name}.localhost`, { "/": service });
  host.serve(`secured-${name}.localhost`, { "/": service }, { tls: Tls.local() });
}
app.synth();
