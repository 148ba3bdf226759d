import { App, TerraformStack } from "cdktf";
import { BuiltImage, HealthCheck, LocalHost, SelfHostedRegistry, useLocalBackend } from "slipway";
import { synthesize } from "slipway/testing";

/** What needs no provider of Amazon's, as main.ts has it. */
function declare(stack: TerraformStack): void {
  useLocalBackend(stack);
  const registry = new SelfHostedRegistry(stack, "registry", { port: 5001 });
  const image = new BuiltImage(stack, "image", { context: "app", repository: registry.repository("page") });
  const host = new LocalHost(stack, "host");
  host.serve("page.localhost", { "/": host.run("page", { image, port: 80, health: HealthCheck.http("/") }) });
}

const app = new App();
declare(new TerraformStack(app, "local"));
app.synth();
if (synthesize(declare).route("http://page.localhost:8888/").service !== "page") throw new Error("nobody serves it");
