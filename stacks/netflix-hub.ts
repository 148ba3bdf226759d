/**
 * The course's exercise on AWS with images on Docker Hub: the registry is the one line in which it differs from
 * netflix-aws.
 *
 * Shows a host that pulls what everybody may pull, so that its role knows no repository. Needs an AWS account, the AWS
 * CLI, and docker login registry-1.docker.io for the namespace. What is pushed stays there.
 * Run: SLIPWAY_HUB_NAMESPACE=you SLIPWAY_AWS_ACCOUNT=123456789012 SLIPWAY_AWS_REGION=eu-west-1 npm run up -- netflix-hub
 * Also: SLIPWAY_INSTANCE_TYPE=t3.nano for x86-64, SLIPWAY_ZONE_ID=Z… for a record in Route 53
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsAccount, NanoHost } from "../src/aws/index.ts";
import { DockerHub, useLocalBackend } from "../src/index.ts";
import { runNetflix } from "./netflix-application.ts";

export class NetflixHubStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const aws = new AwsAccount(this, "aws", {
      account: process.env.SLIPWAY_AWS_ACCOUNT ?? "123456789012",
      region: process.env.SLIPWAY_AWS_REGION ?? "eu-west-1",
    });
    const registry = new DockerHub(this, "registry", {
      namespace: process.env.SLIPWAY_HUB_NAMESPACE ?? "exitzeroacademy",
    });
    const zoneId = process.env.SLIPWAY_ZONE_ID;
    const host = new NanoHost(this, "host", {
      instanceType: process.env.SLIPWAY_INSTANCE_TYPE,
      zone: zoneId ? { id: zoneId } : undefined,
    });

    const frontend = runNetflix(this, host, registry);
    const site = host.serve("netflix.devops-days-upes.com", { "/": frontend });

    new TerraformOutput(this, "url", { value: host.urlOf(site) });
    new TerraformOutput(this, "address", { value: host.publicIp });
    new TerraformOutput(this, "host-description", { value: host.description });
    new TerraformOutput(this, "deployer-policy", { value: aws.deployerPolicy });
  }
}
