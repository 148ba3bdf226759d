import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsSubnets } from "@cdktf/provider-aws/lib/data-aws-subnets";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct } from "constructs";
import { TrustedProxies } from "../../../release/trusted-proxies.ts";
import type { TerraformDependency } from "../../../terraform/dependency.ts";
import { awsName } from "../../aws-name.ts";
import { EVERYWHERE } from "../outbound-rule.ts";
import type { HostSubnet } from "../vpc-subnet.ts";

/** The network of every default VPC, which AWS makes so. */
const DEFAULT_VPC = "172.31.0.0/16";
const LONGEST_NAME = 255;

/** From where a balancer in the default VPC asks. Only it gets to the hosts, so that nobody else there could claim an address. */
export const DEFAULT_VPC_PROXIES = TrustedProxies.ranges([DEFAULT_VPC]);

/** What a {@link BalancerNetwork} takes. */
export interface BalancerNetworkProps {
  /** Zones of the default VPC. */
  readonly zones?: readonly string[];
  readonly subnets?: readonly HostSubnet[];
  /** The path of the fleet, for messages. */
  readonly fleet: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where a fleet's load balancer stands, and its firewall: open to everybody by 80 and 443, and out to its hosts' port alone. */
export class BalancerNetwork extends Construct {
  readonly vpcId: string;
  readonly subnetIds: string[];
  /** A reference. */
  readonly groupId: string;
  /** What must be there before visitors come through. */
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, props: BalancerNetworkProps) {
    super(scope, id);
    const { subnets, tags, fleet } = props;
    const vpc = this.vpc(props);
    this.vpcId = vpc.id;
    this.subnetIds = subnets ? subnets.map((each) => each.id) : this.defaultSubnets(props);
    const group = new SecurityGroup(this, "Resource", {
      name: awsName(this, LONGEST_NAME),
      description: `The load balancer of ${fleet}`,
      vpcId: this.vpcId,
      tags,
    });
    this.groupId = group.id;
    const tcp = (port: number) => ({ ipProtocol: "tcp", fromPort: port, toPort: port });
    const visitors = [80, 443].map(
      (port) =>
        new VpcSecurityGroupIngressRule(this, `In-${port}`, {
          securityGroupId: group.id,
          description: "visitors",
          cidrIpv4: EVERYWHERE,
          ...tcp(port),
        }),
    );
    // by network: a rule for each host would be more rules than a group may have
    const hosts = new VpcSecurityGroupEgressRule(this, "Out-80", {
      securityGroupId: group.id,
      description: "hosts",
      cidrIpv4: vpc.cidrBlock,
      ...tcp(80),
    });
    this.ready = [...visitors, hosts, ...(subnets ?? []).flatMap((each) => each.ready ?? [])];
  }

  private vpc({ subnets, fleet }: BalancerNetworkProps): DataAwsVpc {
    if (subnets)
      return new DataAwsVpc(this, "Vpc", { id: new DataAwsSubnet(this, "Subnet", { id: subnets[0]?.id }).vpcId });
    return new DataAwsVpc(this, "Vpc", {
      default: true,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.cidr_block == "${DEFAULT_VPC}"}`,
            errorMessage: `${fleet}: the default VPC \${self.id} has the network \${self.cidr_block}, and the hosts would believe a load balancer in ${DEFAULT_VPC} alone: name its subnets, and trustedProxies`,
          },
        ],
      },
    });
  }

  private defaultSubnets({ zones = [], fleet }: BalancerNetworkProps): string[] {
    return new DataAwsSubnets(this, "Subnets", {
      filter: [
        { name: "vpc-id", values: [this.vpcId] },
        { name: "default-for-az", values: ["true"] },
        { name: "availability-zone", values: [...zones] },
      ],
      lifecycle: {
        postcondition: [
          {
            condition: `\${length(self.ids) == ${zones.length}}`,
            errorMessage: `${fleet}: not each of ${zones.join(", ")} has a default subnet, \${length(self.ids)} have: name other zones, or subnets`,
          },
        ],
      },
    }).ids;
  }
}
