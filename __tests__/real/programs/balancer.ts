/** A stack of the tests' own: a fleet behind a load balancer, with a site of two names and another one. */
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { AwsAccount, NanoFleet } from "../../../src/aws/index.ts";
import { HealthCheck, Platform, PulledImage, useLocalBackend } from "../../../src/index.ts";

const told = (name: string): string => process.env[`SLIPWAY_TEST_${name}`] as string;

const app = new App();
const stack = new TerraformStack(app, "slipway-balancer");
useLocalBackend(stack);
const aws = new AwsAccount(stack, "aws", { account: told("ACCOUNT"), region: told("REGION") });
const fleet = new NanoFleet(stack, "fleet", {
  hosts: Number(told("HOSTS")),
  availabilityZones: [`${aws.region}a`, `${aws.region}b`],
  zone: { id: told("ZONE") },
  balancer: true,
  healthPath: "/status",
  canarySeconds: 0,
});
const image = new PulledImage(stack, "image", {
  image: `ghcr.io/shop/page@sha256:${told("DIGEST")}`,
  platform: Platform.LINUX_ARM64,
});
const page = fleet.run("page", { image, port: 8080, health: HealthCheck.http("/status") });
fleet.serve("shop.example.org", { "/": page }, { redirectFrom: ["www.example.org"] });
fleet.serve("blog.example.org", { "/": page });
new TerraformOutput(stack, "deployer-policies", { value: aws.deployerPolicies });
app.synth();
