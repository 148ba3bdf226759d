import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { templateText } from "../../terraform/template-text.ts";
import { awsName } from "../aws-name.ts";
import type { Visitors } from "./open-to.ts";
import { EVERYWHERE, type OutboundRule, OWN_RULES, outboundKey } from "./outbound-rule.ts";

/** What a {@link Firewall} takes. */
export interface FirewallProps {
  readonly vpcId: string;
  readonly outbound: readonly OutboundRule[];
  /** Whom it lets in to the ports of its sites. */
  readonly visitors: readonly Visitors[];
  readonly tags: Readonly<Record<string, string>>;
}

const LONGEST_NAME = 255;

/** Type 3, code 4: "fragmentation needed", by which a router on the way says how long a packet may be. */
const PATH_MTU = { ipProtocol: "icmp", fromPort: 3, toPort: 4 };

/**
 * The security group of a host: nothing comes in but to the ports that its sites open, and no port 22 ever. Why one kind
 * of ICMP all the same: without it a visitor behind a narrower link, a tunnel for one, waits for answers that never fit.
 */
export class Firewall extends Construct {
  /** A reference. */
  readonly groupId: string;
  /** What must exist before a host boots, or its first steps lead nowhere. */
  readonly ready: TerraformDependency[];
  private readonly visitors: readonly Visitors[];

  constructor(scope: Construct, id: string, { vpcId, outbound, visitors, tags }: FirewallProps) {
    super(scope, id);
    const group = new SecurityGroup(this, "Resource", {
      name: awsName(scope, LONGEST_NAME),
      description: `The host ${scope.node.path}`,
      vpcId,
      tags,
    });
    this.groupId = group.id;
    this.visitors = visitors;
    new VpcSecurityGroupIngressRule(this, "In-path-mtu", {
      securityGroupId: this.groupId,
      description: "path MTU",
      cidrIpv4: EVERYWHERE,
      ...PATH_MTU,
    });
    this.ready = [...OWN_RULES, ...outbound].map((rule) => this.letOut(rule));
  }

  /** Lets the visitors in to `port`; a second time changes nothing. */
  open(port: number, description: string): void {
    for (const { id, ...from } of this.visitors) {
      const name = id === undefined ? `In-${port}` : `In-${port}-${id}`;
      if (this.node.tryFindChild(name)) continue;
      new VpcSecurityGroupIngressRule(this, name, {
        securityGroupId: this.groupId,
        description,
        ...from,
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
      });
    }
  }

  private letOut(rule: OutboundRule): TerraformDependency {
    const { port, description, protocol = "tcp", network = EVERYWHERE } = rule;
    return new VpcSecurityGroupEgressRule(this, `Out-${outboundKey(rule)}`, {
      securityGroupId: this.groupId,
      description: templateText(description),
      cidrIpv4: network,
      ipProtocol: protocol,
      fromPort: port,
      toPort: port,
    });
  }
}
