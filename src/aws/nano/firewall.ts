import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { describe } from "../../terraform/description.ts";
import { templateText } from "../../terraform/template-text.ts";
import { awsName } from "../aws-name.ts";
import type { Visitors } from "./open-to.ts";
import { EVERYWHERE, type OutboundRule, OWN_RULES, outboundKey } from "./outbound-rule.ts";
import { isSameVpc } from "./vpc-subnet.ts";

/** What a {@link Firewall} takes. */
export interface FirewallProps {
  readonly vpcId: string;
  readonly outbound: readonly OutboundRule[];
  /** Whom it lets in to the ports of its sites. */
  readonly visitors: readonly Visitors[];
  readonly tags: Readonly<Record<string, string>>;
}

/** What goes in or out, for people. */
export interface FirewallRule {
  readonly direction: "in" | "out";
  readonly protocol: string;
  /** Of ICMP the type. */
  readonly port: number;
  /** A network, another host, or a security group. */
  readonly peer: string;
  readonly description: string;
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
  private readonly rules: FirewallRule[] = [];
  private readonly visitors: readonly Visitors[];
  private readonly vpcId: string;
  private readonly host: string;

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
    this.vpcId = vpcId;
    this.host = scope.node.path;
    new VpcSecurityGroupIngressRule(this, "In-path-mtu", {
      securityGroupId: this.groupId,
      description: "path MTU",
      cidrIpv4: EVERYWHERE,
      ...PATH_MTU,
    });
    this.rules.push({
      direction: "in",
      protocol: "icmp",
      port: PATH_MTU.fromPort,
      peer: EVERYWHERE,
      description: "path MTU",
    });
    this.ready = [...OWN_RULES, ...outbound].map((rule) => this.letOut(rule));
    describe(this, "firewall", () => ({ rules: this.rules }));
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
      const peer = from.cidrIpv4 ?? (from.referencedSecurityGroupId as string);
      this.rules.push({ direction: "in", protocol: "tcp", port, peer, description });
    }
  }

  /**
   * Lets the host behind `front` in to `port`, and lets it out there; a second time changes nothing. Why by group and no
   * address: nobody else of the network gets in, and what AWS knows of a group needs no look at addresses.
   */
  openToFront(front: Firewall, port: number): void {
    const name = `In-${port}-${front.id}`;
    if (this.node.tryFindChild(name)) return;
    const ports = { ipProtocol: "tcp", fromPort: port, toPort: port };
    new VpcSecurityGroupIngressRule(this, name, {
      securityGroupId: this.groupId,
      description: `the host ${front.host}`,
      referencedSecurityGroupId: front.groupId,
      ...ports,
      lifecycle: {
        precondition: [
          {
            condition: isSameVpc(front.vpcId, this.vpcId),
            errorMessage: `${front.host} leads to ${this.host} by its private address, so both must be in one VPC, but they are in ${front.vpcId} and ${this.vpcId}: give them subnets of the same`,
          },
        ],
      },
    });
    new VpcSecurityGroupEgressRule(front, `Out-${port}-${this.id}`, {
      securityGroupId: front.groupId,
      description: `the host ${this.host}`,
      referencedSecurityGroupId: this.groupId,
      ...ports,
    });
    this.rules.push({
      direction: "in",
      protocol: "tcp",
      port,
      peer: front.host,
      description: `the host ${front.host}`,
    });
    front.rules.push({
      direction: "out",
      protocol: "tcp",
      port,
      peer: this.host,
      description: `the host ${this.host}`,
    });
  }

  /** The host's name as part of a construct id. */
  private get id(): string {
    return this.host.replaceAll("/", "--");
  }

  private letOut(rule: OutboundRule): TerraformDependency {
    const { port, description, protocol = "tcp", network = EVERYWHERE } = rule;
    this.rules.push({ direction: "out", protocol, port, peer: network, description });
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
