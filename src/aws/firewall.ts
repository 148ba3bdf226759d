import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { awsName } from "./aws-name.ts";

/** Where a host may connect to, beyond what it needs for itself. */
export interface OutboundRule {
  readonly port: number;
  /** What for, in a few words; it stands in the rule. */
  readonly description: string;
  /** @default "tcp" */
  readonly protocol?: "tcp" | "udp";
  /** An IPv4 network. @default - everywhere */
  readonly network?: string;
}

/** What a {@link Firewall} takes. */
export interface FirewallProps {
  readonly vpcId: string;
  readonly outbound: readonly OutboundRule[];
  readonly tags: Readonly<Record<string, string>>;
}

const EVERYWHERE = "0.0.0.0/0";
const LONGEST_NAME = 255;

/** What a host itself connects to; names and time come from the VPC, but a VPC may send its hosts elsewhere for both. */
const OWN: readonly OutboundRule[] = [
  { port: 443, description: "AWS, registries, packages" },
  { port: 80, description: "packages" },
  { port: 53, protocol: "udp", description: "names" },
  { port: 53, description: "long answers about names" },
  { port: 123, protocol: "udp", description: "time" },
];

/** The security group of a host: nothing comes in but to the ports that its sites open, and no port 22 ever. */
export class Firewall extends Construct {
  /** A reference. */
  readonly groupId: string;
  /** What must exist before a host boots, or its first steps lead nowhere. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, { vpcId, outbound, tags }: FirewallProps) {
    super(scope, id);
    const group = new SecurityGroup(this, "Resource", {
      name: awsName(scope, LONGEST_NAME),
      description: `The host ${scope.node.path}`,
      vpcId,
      tags,
    });
    this.groupId = group.id;
    this.ready = [...OWN, ...outbound].map((rule) => this.letOut(rule));
  }

  /** Lets everybody in to `port`; a second time changes nothing. */
  open(port: number, description: string): void {
    if (this.node.tryFindChild(`In-${port}`)) return;
    new VpcSecurityGroupIngressRule(this, `In-${port}`, {
      securityGroupId: this.groupId,
      description,
      cidrIpv4: EVERYWHERE,
      ipProtocol: "tcp",
      fromPort: port,
      toPort: port,
    });
  }

  private letOut({ port, description, protocol = "tcp", network = EVERYWHERE }: OutboundRule): ITerraformDependable {
    const place = network === EVERYWHERE ? "" : `-${network.replace(/[./]/g, "-")}`;
    return new VpcSecurityGroupEgressRule(this, `Out-${protocol}-${port}${place}`, {
      securityGroupId: this.groupId,
      description,
      cidrIpv4: network,
      ipProtocol: protocol,
      fromPort: port,
      toPort: port,
    });
  }
}
