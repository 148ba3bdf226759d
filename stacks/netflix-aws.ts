/**
 * The course's exercise on AWS: the catalogue and its front end on one nano instance, their images in ECR.
 *
 * Shows that host and registry are the two lines in which this differs from the local stack. Needs an AWS account, the
 * AWS CLI, and Docker's login to ECR (amazon-ecr-credential-helper). A destroy takes the images along.
 * Run: SLIPWAY_AWS_ACCOUNT=123456789012 SLIPWAY_AWS_REGION=eu-west-1 npm run up -- netflix-aws
 * Then: curl -H 'Host: netflix.devops-days-upes.com' http://ADDRESS/     with the address that it prints
 * Also: SLIPWAY_INSTANCE_TYPE=t3.nano for x86-64, SLIPWAY_ZONE_ID=Z… for a record in Route 53
 * Without an account: npm run rehearse
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsAccount, EcrRegistry, NanoHost } from "../src/aws/index.ts";
import { useLocalBackend } from "../src/index.ts";
import { runNetflix } from "./netflix-application.ts";

export class NetflixAwsStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const aws = new AwsAccount(this, "aws", {
      account: process.env.SLIPWAY_AWS_ACCOUNT ?? "123456789012",
      region: process.env.SLIPWAY_AWS_REGION ?? "eu-west-1",
    });
    const registry = new EcrRegistry(this, "registry", { deleteWithImages: true });
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
