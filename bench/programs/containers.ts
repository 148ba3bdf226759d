/** Plain containers, each of an image of its own. */
import { App, TerraformStack } from "cdktf";
import { Container, PulledImage } from "../../src/index.ts";

const app = new App({ outdir: process.env.SLIPWAY_BENCH_OUT });
const stack = new TerraformStack(app, "bench");
for (let index = 0; index < Number(process.env.SLIPWAY_BENCH_SERVICES); index += 1) {
  const image = `example.com/app-${index}@sha256:${"0".repeat(64)}`;
  new Container(stack, `service-${index}`, {
    image: new PulledImage(stack, `image-${index}`, { image }),
    env: { NAME: `service-${index}`, PORT: "8080" },
  });
}
app.synth();
