import { App, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { BuiltImage, HealthCheck, type IHost, LocalHost, SelfHostedRegistry, useLocalBackend } from "slipway";
import { AwsAccount, EcrRegistry, NanoHost } from "slipway/aws";
import { type SynthesizedStack, synthesize } from "slipway/testing";

/** A project as people have it: every cell of the matrix compiles and runs these bytes, and must synthesize the same. */
class LocalStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);
    const registry = new SelfHostedRegistry(this, "registry", { port: 5001 });
    const image = new BuiltImage(this, "image", { context: "app", repository: registry.repository("page") });
    const host: IHost = new LocalHost(this, "host");
    host.serve("page.localhost", { "/": host.run("page", { image, port: 80, health: HealthCheck.http("/") }) });
  }
}

class CloudStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);
    new AwsAccount(this, "aws", { account: "123456789012", region: "eu-west-1" });
    const repository = new EcrRegistry(this, "registry").repository("page");
    const host = new NanoHost(this, "host");
    const image = new BuiltImage(this, "image", { context: "app", repository, platform: host.platform });
    host.serve("page.example.org", { "/": host.run("page", { image, port: 80 }) });
  }
}

const app = new App();
new LocalStack(app, "local");
new CloudStack(app, "cloud");
app.synth();

const tested: SynthesizedStack = synthesize(LocalStack);
if (tested.route("http://page.localhost:8888/").service !== "page") throw new Error("nobody serves page.localhost");

/** Never called: what a compiler must refuse, which it does only where it really has the types of all three. */
export function refused(scope: Construct): void {
  // @ts-expect-error a port is a number
  new LocalHost(scope, "host", { port: "8080" });
  // @ts-expect-error a type of instance is a text
  new NanoHost(scope, "nano", { instanceType: 4 });
  // @ts-expect-error a URL is a text
  tested.route(8080);
}
