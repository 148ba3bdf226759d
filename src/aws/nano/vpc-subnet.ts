import { DataAwsEc2InstanceTypeOfferings } from "@cdktf/provider-aws/lib/data-aws-ec2-instance-type-offerings";
import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { DataAwsSubnets } from "@cdktf/provider-aws/lib/data-aws-subnets";
import { DataAwsVpc } from "@cdktf/provider-aws/lib/data-aws-vpc";
import { Fn } from "cdktf";
import { Construct } from "constructs";
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
}

/** Where in the network a host stands: in a given subnet, else in one of the default VPC whose zone has the instance type. */
export class VpcSubnet extends Construct {
  readonly subnetId: string;
  readonly vpcId: string;
  /** Whether the subnet was looked up, and may be another one at the next look. */
  readonly isLookedUp: boolean;
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { type, subnet }: VpcSubnetProps) {
    super(scope, id);
    this.isLookedUp = subnet === undefined;
    this.ready = subnet?.ready ?? [];
    this.subnetId = subnet?.id ?? "";
    if (subnet !== undefined) {
      this.vpcId = new DataAwsSubnet(this, "Subnet", { id: subnet.id }).vpcId;
      return;
    }
    const vpc = new DataAwsVpc(this, "Vpc", { default: true });
    const offered = new DataAwsEc2InstanceTypeOfferings(this, "Offerings", {
      locationType: "availability-zone",
      filter: [{ name: "instance-type", values: [type.name] }],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.locations) > 0}",
            errorMessage: `${scope.node.path}: this region has no ${type}: choose another instance type`,
          },
        ],
      },
    });
    const subnets = new DataAwsSubnets(this, "Subnets", {
      filter: [
        { name: "vpc-id", values: [vpc.id] },
        { name: "default-for-az", values: ["true"] },
        { name: "availability-zone", values: offered.locations },
      ],
      lifecycle: {
        postcondition: [
          {
            condition: "${length(self.ids) > 0}",
            errorMessage: `${scope.node.path}: no default subnet in a zone that has ${type}: name a subnet`,
          },
        ],
      },
    });
    this.vpcId = vpc.id;
    this.subnetId = Fn.element(Fn.sort(subnets.ids), 0);
  }
}
