/** The resources of `fleet.ts`, by CDKTF and its provider alone: as many of each kind, with what is large of them. */
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Route53HealthCheck } from "@cdktf/provider-aws/lib/route53-health-check";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { SsmDocument } from "@cdktf/provider-aws/lib/ssm-document";
import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { App, Fn, TerraformLocal, TerraformResource, TerraformStack, Token } from "cdktf";

class Step extends TerraformResource {
  constructor(
    scope: TerraformStack,
    id: string,
    private readonly triggers: Record<string, unknown>,
    environment: Record<string, string>,
    dependsOn: TerraformResource[],
  ) {
    const provisioner = { type: "local-exec", command: "sh deploy.sh", environment } as const;
    super(scope, id, { terraformResourceType: "terraform_data", dependsOn, provisioners: [provisioner] });
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers_replace: Token.asAny(this.triggers) };
  }
}

const hosts = Number(process.env.SLIPWAY_BENCH_HOSTS);
const perHost = Number(process.env.SLIPWAY_BENCH_SERVICES) / hosts;
const app = new App({ outdir: process.env.SLIPWAY_BENCH_OUT });
const stack = new TerraformStack(app, "bench");
new AwsProvider(stack, "aws", { region: "eu-west-1", defaultTags: [{ tags: { stack: "bench" } }] });
/** As long as the document with Slipway's agent. */
const document = JSON.stringify({ schemaVersion: "2.2", agent: "x".repeat(52_000) });
let before: TerraformResource[] = [];
for (let number = 1; number <= hosts; number += 1) {
  const name = (part: string) => `host-${number}-${part}`;
  const tags = { Name: `bench/host-${number}` };
  const group = new SecurityGroup(stack, name("group"), { name: name("group"), vpcId: "vpc-0123456789abcdef0", tags });
  const rule = { securityGroupId: group.id, cidrIpv4: "0.0.0.0/0", ipProtocol: "tcp", fromPort: 80, toPort: 80 };
  for (let at = 0; at < 2; at += 1) new VpcSecurityGroupIngressRule(stack, name(`in-${at}`), rule);
  const out = [...Array(5).keys()].map((at) => new VpcSecurityGroupEgressRule(stack, name(`out-${at}`), rule));
  const nic = new NetworkInterface(stack, name("nic"), {
    subnetId: "subnet-0123456789abcdef0",
    securityGroups: [group.id],
    tags,
  });
  const ip = new Eip(stack, name("ip"), { domain: "vpc", networkInterface: nic.id, tags });
  const role = new IamRole(stack, name("role"), { name: name("role"), assumeRolePolicy: "{}" });
  const statement = { Effect: "Allow", Action: ["ssm:GetParameter"], Resource: [`arn:aws:ssm:::${name("release")}`] };
  const policy = new IamRolePolicy(stack, name("policy"), {
    role: role.name,
    policy: JSON.stringify({ Version: "2012-10-17", Statement: Array(10).fill(statement) }),
  });
  const profile = new IamInstanceProfile(stack, name("profile"), { name: name("profile"), role: role.name });
  const instance = new Instance(stack, name("instance"), {
    ami: "ami-0123456789abcdef0",
    instanceType: "t4g.medium",
    iamInstanceProfile: profile.name,
    networkInterface: [{ deviceIndex: 0, networkInterfaceId: nic.id }],
    userDataBase64: "x".repeat(12_000),
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    rootBlockDevice: { volumeType: "gp3", volumeSize: 8, encrypted: true },
    tags,
    dependsOn: [policy, ip, ...out],
  });
  const command = new SsmDocument(stack, name("document"), {
    name: name("document"),
    documentType: "Command",
    content: document,
  });
  const services = [...Array(perHost).keys()].map((index) => ({
    name: `service-${index}`,
    image: `example.com/app-${index}@sha256:${"0".repeat(64)}`,
    env: { NAME: `service-${index}`, PORT: "8080" },
    introduction: "x".repeat(1800),
  }));
  const specs = new TerraformLocal(stack, name("specs"), Object.fromEntries(services.map((each) => [each.name, each])));
  const manifest = new TerraformLocal(stack, name("manifest"), {
    host: `bench/host-${number}`,
    document: command.name,
    sites: "x".repeat(12_000),
    services: services.map((each) => ({
      ...each,
      spec: Fn.sha256(Fn.jsonencode(Fn.lookup(specs.expression, each.name))),
    })),
  });
  const parameter = new SsmParameter(stack, name("release"), {
    name: `/bench/host-${number}`,
    type: "String",
    value: Fn.base64gzip(Fn.jsonencode(manifest.expression)),
    dependsOn: before,
  });
  new SsmParameter(stack, name("hold"), { name: `/bench/host-${number}/hold`, type: "String", insecureValue: "none" });
  const triggers = { manifest: manifest.expression, version: parameter.version, instance: instance.id };
  const environment = { INSTANCE: instance.id, DOCUMENT: command.name, PARAMETER: parameter.name };
  const deploy = new Step(stack, name("deploy"), triggers, environment, [command, policy]);
  before = [deploy, new Step(stack, name("verify"), triggers, environment, [deploy])];
  const check = new Route53HealthCheck(stack, name("check"), { type: "HTTP", port: 80, ipAddress: ip.publicIp });
  new Route53Record(stack, name("record"), {
    zoneId: "Z0123456789",
    name: "shop.example.com",
    type: "A",
    ttl: 60,
    records: [ip.publicIp],
    setIdentifier: `host-${number}`,
    multivalueAnswerRoutingPolicy: true,
    healthCheckId: check.id,
    dependsOn: before,
  });
}
app.synth();
