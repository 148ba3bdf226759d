import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Construct } from "constructs";
import { Lockfile } from "../../docker/lockfile.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { Platform } from "../../values/platform.ts";
import { AwsAccount } from "../aws-account.ts";

// yyyymmdd, and ".n" for a second one on that day
const SERIAL = /^\d{8}(?:\.\d{1,2})?$/;
const IMAGE_ID = /^ami-[0-9a-f]{8,17}$/;

/** The image that hosts boot from which are not told another. */
const USUAL_SERIAL = "20250610";

/**
 * What a host boots from: always one image, never the newest of its day. Why: a lookup of the newest would replace the
 * host at whatever apply comes after Canonical's next release.
 */
export class MachineImage {
  /**
   * Canonical's Ubuntu 24.04 of one date, by the parameter that Canonical publishes for it.
   *
   * @param serial the date, e.g. `20250610`
   * @throws InvalidValueError when `serial` is no date: `current` is another image every few weeks
   * @see https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/
   */
  static ubuntu2404(serial: string = USUAL_SERIAL): MachineImage {
    if (typeof serial === "string" && SERIAL.test(serial)) return new MachineImage({ serial });
    throw new InvalidValueError({
      subject: "serial of a machine image",
      rule: "must be the date of one image",
      got: serial,
      remedy: 'write it like "20250610"; https://cloud-images.ubuntu.com/locator/ec2 lists them',
    });
  }

  /**
   * An image of one's own, made from Ubuntu 24.04 or something that has its packages, curl 7.88 or newer among them. Its
   * id does not say what is in it: a host that boots from Ubuntu 22.04, whose curl 7.81 signs in a way that AWS refuses,
   * says so itself, and the apply fails with that reason.
   *
   * @throws InvalidValueError
   */
  static fromId(id: string, platform: Platform): MachineImage {
    if (typeof id !== "string" || !IMAGE_ID.test(id)) {
      const remedy = 'write it like "ami-0123456789abcdef0"';
      throw new InvalidValueError({ subject: "machine image", rule: "must be the id of an image", got: id, remedy });
    }
    if (platform instanceof Platform) return new MachineImage({ id, platform });
    const remedy = "write Platform.LINUX_ARM64 or Platform.LINUX_AMD64";
    throw new InvalidValueError({ subject: `platform of ${id}`, rule: "must be a Platform", got: platform, remedy });
  }

  private constructor(private readonly source: { serial: string } | { id: string; platform: Platform }) {}

  /** What it runs on, where it is known before it is looked up. @default - what its host runs */
  get platform(): Platform | undefined {
    return "platform" in this.source ? this.source.platform : undefined;
  }

  /**
   * The image's id for a host of `platform`: the lockfile's where it has one for the region, else a reference to what
   * Canonical's parameter says.
   *
   * @throws {ConstructError} when the lockfile has something that is no id
   */
  idFor(scope: Construct, platform: Platform): string {
    if ("id" in this.source) return this.source.id;
    const name = parameterOf(this.source.serial, platform);
    return pinnedId(scope, name) ?? new DataAwsSsmParameter(scope, "MachineImage", { name }).insecureValue;
  }

  /** What it is in words, and its id where that is known. */
  describe(scope: Construct, platform: Platform): string {
    if ("id" in this.source) return this.source.id;
    const id = pinnedId(scope, parameterOf(this.source.serial, platform));
    return `Ubuntu 24.04 of ${this.source.serial}${id === undefined ? "" : ` (${id})`}`;
  }
}

function parameterOf(serial: string, { architecture }: Platform): string {
  return `/aws/service/canonical/ubuntu/server/24.04/stable/${serial}/${architecture}/hvm/ebs-gp3/ami-id`;
}

function pinnedId(scope: Construct, parameter: string): string | undefined {
  const { region } = AwsAccount.of(scope);
  const lockfile = Lockfile.read(scope);
  const id = lockfile.machineImage(region, parameter);
  if (id === undefined || IMAGE_ID.test(id)) return id;
  const problem = {
    subject: `machine image of ${region} in ${lockfile.path}`,
    rule: "must be the id of an image",
    got: id,
  };
  throw new ConstructError(scope, "lockfile", { ...problem, remedy: "write it anew by npx slipway lock" });
}
