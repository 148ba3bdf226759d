/** The stack of the faults' machine: one page on one nano of this machine's processor. What it needs comes in the environment. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { AwsAccount, EcrRegistry, EcrRepository, NanoHost } from "../../src/aws/index.ts";
import { BuiltImage, HealthCheck, useLocalBackend } from "../../src/index.ts";

const { SLIPWAY_TEST_STACK = "", SLIPWAY_TEST_CONTEXT = "", SLIPWAY_TEST_NAME = "" } = process.env;
const { SLIPWAY_TEST_ACCOUNT = "", SLIPWAY_TEST_REGION = "" } = process.env;
const app = new App();
const stack = new TerraformStack(app, SLIPWAY_TEST_STACK);
useLocalBackend(stack);
new AwsAccount(stack, "aws", { account: SLIPWAY_TEST_ACCOUNT, region: SLIPWAY_TEST_REGION });
const host = new NanoHost(stack, "host", {
  instanceType: process.arch === "arm64" ? "t4g.nano" : "t3.nano",
  drainSeconds: 2,
  deadlineSeconds: 300,
});
const registry = new EcrRegistry(stack, "registry");
const repository = new EcrRepository(stack, "repository", { registry, name: "page", deleteWithImages: true });
const image = new BuiltImage(stack, "image", { context: SLIPWAY_TEST_CONTEXT, repository, platform: host.platform });
const health = HealthCheck.http("/", { interval: 1, timeout: 2, retries: 3, startPeriod: 3 });
host.serve(SLIPWAY_TEST_NAME, { "/": host.run("page", { image, port: 8080, health, memoryMiB: 64 }) });
new TerraformOutput(stack, "address", { value: host.publicIp });
app.synth();
