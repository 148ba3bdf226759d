/**
 * The course's exercise "Nginx in front": a nano that has the visitors and nothing but Nginx, and a nano behind it that
 * runs the applications. The front leads to them by private address; nobody else gets in to the host behind.
 *
 * Shows a site that leads to services of another host: Nginx's listener there, the firewall's rules on both sides, and
 * whose word about visitors is believed follow from the route. A release of an application changes nothing on the front,
 * and a host behind whose instance is replaced keeps its private address. Both need one VPC.
 * Needs what netflix-aws needs, and costs two nanos, some 15 USD a month.
 * Run: SLIPWAY_AWS_ACCOUNT=123456789012 SLIPWAY_AWS_REGION=eu-west-1 npm run up -- nginx-front
 * Then: curl -H 'Host: netflix.devops-days-upes.com' http://ADDRESS/     with the address that it prints
 * Without an account: npm run rehearse -- nginx-front
 */
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { AwsAccount, EcrRegistry, NanoHost } from "../src/aws/index.ts";
import { useLocalBackend } from "../src/index.ts";
import { runNetflix } from "./netflix-application.ts";

export class NginxFrontStack extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    useLocalBackend(this);

    const aws = new AwsAccount(this, "aws", {
      account: process.env.SLIPWAY_AWS_ACCOUNT ?? "123456789012",
      region: process.env.SLIPWAY_AWS_REGION ?? "eu-west-1",
    });
    const registry = new EcrRegistry(this, "registry", { deleteWithImages: true });
    const instanceType = process.env.SLIPWAY_INSTANCE_TYPE;
    const zoneId = process.env.SLIPWAY_ZONE_ID;
    const front = new NanoHost(this, "front", { instanceType, zone: zoneId ? { id: zoneId } : undefined });
    const apps = new NanoHost(this, "apps", { instanceType });

    const frontend = runNetflix(this, apps, registry);
    const site = front.serve("netflix.devops-days-upes.com", { "/": frontend });

    new TerraformOutput(this, "url", { value: front.urlOf(site) });
    new TerraformOutput(this, "address", { value: front.publicIp });
    new TerraformOutput(this, "host-description", { value: front.description });
    new TerraformOutput(this, "deployer-policies", { value: aws.deployerPolicies });
  }
}
