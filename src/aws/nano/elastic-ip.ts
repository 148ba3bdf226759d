import { DataAwsEip } from "@cdktf/provider-aws/lib/data-aws-eip";
import { DataAwsNetworkInterface } from "@cdktf/provider-aws/lib/data-aws-network-interface";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { NetworkInterface } from "@cdktf/provider-aws/lib/network-interface";
import { DefaultTokenResolver, StringConcat, Token, Tokenization } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { ConstructError } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { perApp } from "../../terraform/per-stack.ts";
import { isReference } from "../../terraform/reference.ts";
import type { Firewall } from "./firewall.ts";
import type { VpcSubnet } from "./vpc-subnet.ts";

/** What a {@link ElasticIp} takes. */
export interface ElasticIpProps {
  readonly placement: VpcSubnet;
  readonly firewall: Firewall;
  /** The allocation of an Elastic IP that exists; may be a reference. @default - one of its own */
  readonly allocationId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * A network interface that has its Elastic IP before any instance is attached to it. Why: an address that changes
 * after the launch changes in the middle of the first boot's downloads, and one that belongs to the interface outlives
 * every replacement of the instance.
 */
export class ElasticIp extends Construct {
  /** References. */
  readonly interfaceId: string;
  /** Where the interface is, whatever a look-up finds by now. */
  readonly subnetId: string;
  readonly publicIp: string;
  readonly privateIp: string;
  /** What must exist before the instance starts. */
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { placement, firewall, allocationId, tags }: ElasticIpProps) {
    super(scope, id);
    if (allocationId !== undefined) claim(scope, allocationId);
    const description = `The host ${scope.node.path}`;
    const nic = new NetworkInterface(this, "Interface", {
      subnetId: placement.subnetId,
      securityGroups: [firewall.groupId],
      description,
      tags,
      // Another subnet is another interface, so a new default subnet must not move a host that stands.
      lifecycle: placement.isLookedUp ? { ignoreChanges: ["subnet_id"] } : undefined,
    });
    this.interfaceId = nic.id;
    this.privateIp = nic.privateIp;
    this.subnetId = nic.subnetId;
    if (allocationId === undefined) {
      const own = new Eip(this, "Resource", {
        domain: "vpc",
        networkInterface: nic.id,
        tags,
        dependsOn: placement.ready,
      });
      this.publicIp = own.publicIp;
      this.ready = [own];
      return;
    }
    const found = new DataAwsEip(this, "Found", { id: allocationId });
    // One that comes by a reference may not be there yet when Terraform plans; AWS still refuses to move it.
    if (!isReference(allocationId)) this.refuseAnother(found, scope.node.path, description);
    const association = new EipAssociation(this, "Association", {
      allocationId: found.id,
      networkInterfaceId: nic.id,
      allowReassociation: false,
      dependsOn: placement.ready,
    });
    this.publicIp = found.publicIp;
    this.ready = [association];
  }

  /**
   * Fails the plan when somebody else has the address. Why by what the interface says of itself: a condition that
   * refers to an interface of this stack would wait for the apply.
   */
  private refuseAnother(address: DataAwsEip, host: string, description: string): void {
    new DataAwsNetworkInterface(this, "Holder", {
      count: Token.asNumber(`\${try(length(${address.fqn}.network_interface_id), 0) > 0 ? 1 : 0}`),
      id: address.networkInterfaceId,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.description == "${description}"}`,
            errorMessage: `${host}: the Elastic IP \${${address.fqn}.public_ip} belongs to \${self.id} (\${self.description}) already, and two hosts cannot have one: give this host another, or take it away from there first`,
          },
        ],
      },
    });
  }
}

const holders = perApp(() => new Map<string, IConstruct>());

/** Why in the whole app: AWS moves an address to whoever asks last, and the host that had it is gone from the world. */
function claim(host: IConstruct, allocationId: string): void {
  const resolver = new DefaultTokenResolver(new StringConcat());
  const key = `${Tokenization.resolve(allocationId, { scope: host, resolver, preparing: false })}`;
  const claims = holders(host);
  const holder = claims.get(key);
  if (holder) {
    const problem = `${key} belongs to ${holder.node.path} already: two hosts cannot have one Elastic IP, give each its own`;
    throw new ConstructError(host, "elasticIp", problem);
  }
  claims.set(key, host);
}
