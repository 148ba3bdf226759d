import type { Construct } from "constructs";
import { ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import { knownProps } from "../../terraform/known-props.ts";
import type { OptionNames } from "../../values/known-options.ts";
import { checkResourceId, KMS_KEY, SNAPSHOT } from "../resource-id.ts";
import { checkWholeNumber } from "./whole-number.ts";

/** A disk of a {@link NanoHost} that outlives its instance. */
export interface DataVolumeOptions {
  /** Its size: more of it grows the volume and what is on it where they stand; AWS takes nothing away from a volume. */
  readonly sizeGiB: number;
  /**
   * The zone that it is made in, e.g. `eu-west-1b`, to which the host follows. A volume never leaves its zone.
   * @default - `availabilityZone`, else the zone of the host's subnet
   */
  readonly zone?: string;
  /** What it is made from, e.g. to restore data: `snap-…`. A volume that is there keeps what it has. @default - nothing: it is blank */
  readonly snapshotId?: string;
  /** The ARN of the KMS key that it is encrypted with. A volume that is there keeps its key. @default - the account's own for EBS */
  readonly kmsKey?: string;
}

const NAMES: OptionNames<DataVolumeOptions> = { sizeGiB: true, zone: true, snapshotId: true, kmsKey: true };

/** What a gp3 volume may have. */
const SIZE = { subject: "data volume", unit: "GiB", lowest: 1, highest: 16_384 };

/** @throws {ConstructError} for what AWS would refuse, all of it together; the zone is the host's matter */
export function checkDataVolume(scope: Construct, options: DataVolumeOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    const problem = {
      subject: "data volume",
      rule: "must say its size",
      got: options,
      remedy: "write { sizeGiB: 10 }",
    };
    throw new ConstructError(scope, "dataVolume", problem);
  }
  const { sizeGiB, snapshotId, kmsKey } = options;
  collectErrors([
    () => knownProps(scope, options, NAMES, "dataVolume"),
    () => checkWholeNumber(scope, "dataVolume.sizeGiB", sizeGiB, SIZE),
    () => snapshotId === undefined || checkResourceId(scope, "dataVolume.snapshotId", snapshotId, SNAPSHOT),
    () => kmsKey === undefined || checkResourceId(scope, "dataVolume.kmsKey", kmsKey, KMS_KEY),
  ]);
}
