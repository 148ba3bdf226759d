import { DataAwsSubnet } from "@cdktf/provider-aws/lib/data-aws-subnet";
import { EbsVolume } from "@cdktf/provider-aws/lib/ebs-volume";
import { VolumeAttachment } from "@cdktf/provider-aws/lib/volume-attachment";
import { Construct } from "constructs";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { TriggerValue } from "../../terraform/trigger-value.ts";
import type { AwsAccount } from "../aws-account.ts";
import type { DataVolumeOptions } from "./data-volume-options.ts";
import { dataVolumeDeployerStatements } from "./deployer-policy.ts";

/** What a {@link DataVolume} takes. */
export interface DataVolumeProps extends DataVolumeOptions {
  readonly account: AwsAccount;
  readonly stack: string;
  /** The subnet that the host stands in; a reference. */
  readonly subnetId: string;
  /** Whether the subnet is a given one, whose zone is known to AWS alone. */
  readonly inGivenSubnet: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** What EC2 is told; on Nitro the disk has another name all the same. */
const DEVICE = "/dev/sdf";

/**
 * An EBS volume of a host's own, encrypted, that outlives its instances. While it is declared no plan deletes it or
 * replaces it by another: zone, snapshot and key count when it is made and are ignored from then on, and Terraform is
 * told to refuse the rest. Its size is not among them: EC2 lets a volume grow where it stands.
 *
 * Terraform forgets what it was told once the declaration is gone, and would delete the volume then; so its policy does
 * not allow the deployer to delete one, and a snapshot is made before anybody does.
 */
export class DataVolume extends Construct {
  /** A reference. */
  readonly volumeId: string;
  /** For what the host's instance is made anew: another volume, for which Terraform would only stop it. */
  readonly identity: TriggerValue;
  private readonly volume: EbsVolume;
  private readonly zone: DataAwsSubnet;

  constructor(
    private readonly host: Construct,
    id: string,
    { account, stack, subnetId, inGivenSubnet, tags, ...declared }: DataVolumeProps,
  ) {
    super(host, id);
    const { zone, sizeGiB, snapshotId, kmsKey } = declared;
    const isThere = `\${self.availability_zone == "${zone}"}`;
    const errorMessage = `${host.node.path}: dataVolume.zone is ${zone}, but subnet \${self.id} is in \${self.availability_zone}: leave zone out, or name a subnet in ${zone}`;
    const postcondition = zone !== undefined && inGivenSubnet ? [{ condition: isThere, errorMessage }] : undefined;
    this.zone = new DataAwsSubnet(this, "Zone", { id: subnetId, lifecycle: postcondition && { postcondition } });
    this.volume = new EbsVolume(this, "Resource", {
      availabilityZone: this.zone.availabilityZone,
      type: "gp3",
      size: sizeGiB,
      encrypted: true,
      kmsKeyId: kmsKey,
      snapshotId,
      finalSnapshot: true,
      tags,
      lifecycle: {
        preventDestroy: true,
        ignoreChanges: ["availability_zone", "encrypted", "kms_key_id", "snapshot_id"],
      },
    });
    this.volumeId = this.volume.id;
    this.identity = new TriggerValue(this, "Identity", this.volumeId);
    account.addDeployerStatements(...dataVolumeDeployerStatements(account, stack, declared));
  }

  /** Attaches it to the instance; another instance is stopped first, so that nothing is written any more. */
  attachTo(instanceId: string): TerraformDependency[] {
    const { volume, zone } = this;
    const attachment = new VolumeAttachment(this, "Attachment", {
      deviceName: DEVICE,
      volumeId: volume.id,
      instanceId,
      stopInstanceBeforeDetaching: true,
      lifecycle: {
        precondition: [
          {
            condition: `\${${volume.fqn}.availability_zone == ${zone.fqn}.availability_zone}`,
            errorMessage: `${this.host.node.path}: the data volume \${${volume.fqn}.id} is in \${${volume.fqn}.availability_zone} and cannot leave it, but the host would stand in \${${zone.fqn}.availability_zone}: declare dataVolume.zone as the volume's, or move the data by a snapshot`,
          },
        ],
      },
    });
    return [attachment];
  }
}
