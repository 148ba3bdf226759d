/**
 * The workshop's first page: a Flask application that shows a random picture, from its directory to a name.
 *
 * Shows a registry of one's own, an image built and pushed by content, a host on the local engine, and Nginx.
 * Run: npm run up            then: curl -H 'Host: cats.localhost' http://127.0.0.1:8888/
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BuiltImage, HealthCheck, LocalHost, SelfHostedRegistry, useLocalBackend } from "../src/index.ts";

export class CatsStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const registry = new SelfHostedRegistry(this, "registry", { port: 5001 });
    const image = new BuiltImage(this, "image", {
      context: process.env.SLIPWAY_CATS_DIR ?? "stacks/apps/cats",
      repository: registry.repository("cats"),
      version: "1.0.0",
    });
    const host = new LocalHost(this, "host", { port: 8888 });
    const cats = host.run("cats", { image, port: 5000, health: HealthCheck.http("/") });
    const site = host.serve("cats.localhost", { "/": cats });

    new TerraformOutput(this, "url", { value: host.urlOf(site) });
  }
}
