import { DataAwsEc2InstanceTypeOfferings } from "@cdktf/provider-aws/lib/data-aws-ec2-instance-type-offerings";
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsSubnets } from "@cdktf/provider-aws/lib/data-aws-subnets";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { DataAwsVpcs } from "@cdktf/provider-aws/lib/data-aws-vpcs";
import { Fn } from "cdktf";
import { Construct } from "constructs";
import { BRIDGE_ADDRESS } from "../../release/service-ports.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import type { InstanceType } from "./instance-type.ts";

/** A subnet that a host is put into. */
export interface HostSubnet {
  /** A public one: its route table leads to an Internet gateway. May be a reference. */
  readonly id: string;
  /** What must exist before the host boots, e.g. that route. @default - nothing */
  readonly ready?: TerraformDependency[];
}

/** What a {@link VpcSubnet} takes. */
export interface VpcSubnetProps {
  readonly type: InstanceType;
  readonly subnet?: HostSubnet;
  /** The zone of the default VPC to take. @default - the first that has the type */
  readonly zone?: string;
}

/** What the addresses begin with that a host keeps for its containers, 16 bits. */
export const BRIDGE_PREFIX = BRIDGE_ADDRESS.split(".").slice(0, 2).join(".");

/** Whether two ids, which Terraform alone knows, are of one VPC. */
export function isSameVpc(one: string, other: string): unknown {
  return Fn.contains([one], other);
}

/** Where in the network a host stands: in a given subnet, else in one of the default VPC whose zone has the instance type. */
export class VpcSubnet extends Construct {
  readonly subnetId: string;
  readonly vpcId: string;
  /** Whether the subnet was looked up, and may be another one at the next look. */
  readonly isLookedUp: boolean;
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { type, subnet, zone }: VpcSubnetProps) {
    super(scope, id);
    this.isLookedUp = subnet === undefined && zone === undefined;
    this.ready = subnet?.ready ?? [];
    this.vpcId = this.vpc(scope, subnet);
    this.subnetId = subnet?.id ?? this.defaultSubnet(scope, type, zone);
  }

  private vpc(scope: Construct, subnet: HostSubnet | undefined): string {
    const id = subnet ? new DataAwsSubnet(this, "Subnet", { id: subnet.id }).vpcId : this.defaultVpc(scope);
    // A VPC's networks are of 16 bits at least, and so is the bridge's: two that begin alike overlap, and no others do.
    const apart = `\${alltrue([for each in self.cidr_block_associations : !startswith(each.cidr_block, "${BRIDGE_PREFIX}.")])}`;
    return new DataAwsVpc(this, "Vpc", {
      id,
      lifecycle: {
        postcondition: [
          {
            condition: apart,
            errorMessage: `${scope.node.path}: the VPC \${self.id} has addresses in ${BRIDGE_PREFIX}.0.0/16, where the host keeps its containers and would reach nobody else, the VPC's name server included: name a subnet of another VPC`,
          },
        ],
      },
    }).id;
  }

  private defaultVpc(scope: Construct): string {
    const found = new DataAwsVpcs(this, "DefaultVpcs", {
      filter: [{ name: "is-default", values: ["true"] }],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.ids) > 0}",
            errorMessage: `${scope.node.path}: this region has no default VPC: make one (aws ec2 create-default-vpc), or give the host a subnet of a VPC of your own`,
          },
        ],
      },
    });
    return Fn.element(found.ids, 0);
  }

  private defaultSubnet(scope: Construct, type: InstanceType, zone: string | undefined): string {
    const place = zone ?? "this region";
    const offered = new DataAwsEc2InstanceTypeOfferings(this, "Offerings", {
      locationType: "availability-zone",
      filter: [
        { name: "instance-type", values: [type.name] },
        ...(zone === undefined ? [] : [{ name: "location", values: [zone] }]),
      ],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.locations) > 0}",
            errorMessage: `${scope.node.path}: ${place} has no ${type}: choose another instance type`,
          },
        ],
      },
    });
    const subnets = new DataAwsSubnets(this, "Subnets", {
      filter: [
        { name: "vpc-id", values: [this.vpcId] },
        { name: "default-for-az", values: ["true"] },
        { name: "availability-zone", values: offered.locations },
      ],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.ids) > 0}",
            errorMessage: `${scope.node.path}: no default subnet in ${zone ?? "a zone"} that has ${type}: name a subnet`,
          },
        ],
      },
    });
    return Fn.element(Fn.sort(subnets.ids), 0);
  }
}
