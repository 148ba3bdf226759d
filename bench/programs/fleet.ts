/** A fleet of nanos, each of which runs the same services, one name that leads to all of them. */
import { App, TerraformStack } from "cdktf";
import { AwsAccount, NanoFleet } from "../../src/aws/index.ts";
import { HealthCheck, type IBackend, Platform, PulledImage } from "../../src/index.ts";

const app = new App({ outdir: process.env.SLIPWAY_BENCH_OUT });
const stack = new TerraformStack(app, "bench");
const hosts = Number(process.env.SLIPWAY_BENCH_HOSTS);
const perHost = Number(process.env.SLIPWAY_BENCH_SERVICES) / hosts;
new AwsAccount(stack, "aws", { account: "123456789012", region: "eu-west-1" });
const fleet = new NanoFleet(stack, "fleet", {
  hosts,
  availabilityZones: ["eu-west-1a", "eu-west-1b"],
  zone: { id: "Z0123456789" },
  instanceType: "t4g.medium",
});
const routes: Record<string, IBackend> = {};
for (let index = 0; index < perHost; index += 1) {
  routes[`/service-${index}/`] = fleet.run(`service-${index}`, {
    image: new PulledImage(stack, `image-${index}`, {
      image: `example.com/app-${index}@sha256:${"0".repeat(64)}`,
      platform: Platform.LINUX_ARM64,
    }),
    port: 8080,
    health: HealthCheck.http("/status"),
    env: { NAME: `service-${index}`, PORT: "8080" },
    memoryMiB: 64,
  });
}
fleet.serve("shop.example.com", routes);
app.synth();
