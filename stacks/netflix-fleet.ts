/**
 * The course's exercise on several nano instances over two availability zones, their images in ECR: the host is the one line
 * in which it differs from netflix-aws.
 *
 * Shows a fleet behind one name: records in Route 53 with health checks, and a release that goes to one host after the other.
 * Needs what netflix-aws needs, and a hosted zone that has the name. A destroy takes the images along.
 * Run: SLIPWAY_AWS_ACCOUNT=123456789012 SLIPWAY_AWS_REGION=eu-west-1 SLIPWAY_ZONE_ID=Z… npm run up -- netflix-fleet
 * Also: SLIPWAY_HOSTS=3, SLIPWAY_BALANCER=1 for an Application Load Balancer and TLS, SLIPWAY_INSTANCE_TYPE=t3.nano
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsAccount, EcrRegistry, NanoFleet } from "../src/aws/index.ts";
import { useLocalBackend } from "../src/index.ts";
import { runNetflix } from "./netflix-application.ts";

export class NetflixFleetStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const aws = new AwsAccount(this, "aws", {
      account: process.env.SLIPWAY_AWS_ACCOUNT ?? "123456789012",
      region: process.env.SLIPWAY_AWS_REGION ?? "eu-west-1",
    });
    const registry = new EcrRegistry(this, "registry", { deleteWithImages: true });
    const host = new NanoFleet(this, "fleet", {
      hosts: Number(process.env.SLIPWAY_HOSTS ?? 2),
      availabilityZones: [`${aws.region}a`, `${aws.region}b`],
      zone: { id: process.env.SLIPWAY_ZONE_ID ?? "Z0123456789ABCDEFGHIJ" },
      balancer: process.env.SLIPWAY_BALANCER !== undefined,
      instanceType: process.env.SLIPWAY_INSTANCE_TYPE,
    });

    const frontend = runNetflix(this, host, registry);
    const site = host.serve("netflix.devops-days-upes.com", { "/": frontend });

    new TerraformOutput(this, "url", { value: host.urlOf(site) });
    new TerraformOutput(this, "host-description", { value: host.description });
    new TerraformOutput(this, "deployer-policies", { value: aws.deployerPolicies });
  }
}
