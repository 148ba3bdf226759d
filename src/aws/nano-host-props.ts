import type { Construct } from "constructs";
import type { CloudConfigFile } from "../documents/cloud-config.ts";
import { hostBootstrap } from "../documents/host-bootstrap.ts";
import { type UserData, userData } from "../documents/user-data.ts";
import { all, at, ConstructError } from "../terraform/construct-error.ts";
import { literal } from "../terraform/literal.ts";
import type { AwsPlace } from "./aws-account.ts";
import type { OutboundRule } from "./firewall.ts";
import { InstanceType } from "./instance-type.ts";
import { MachineImage } from "./machine-image.ts";
import type { HostSubnet } from "./placement.ts";
import type { StatusAlarmOptions } from "./status-alarm.ts";

/** What a {@link NanoHost} takes. */
export interface NanoHostProps extends AwsPlace {
  /** Any type that runs Linux, e.g. `t3.nano`, `t3a.nano`, `t2.nano`; the processor follows from it. @default "t4g.nano" */
  readonly instanceType?: string;
  /**
   * What it boots from. Another one replaces the host, which comes back with the release that is live.
   * @default - Ubuntu 24.04 of the day that this Slipway names; a host that stands keeps its own
   */
  readonly machineImage?: MachineImage;
  /** A public subnet. @default - one of the default VPC's, in a zone that has the instance type */
  readonly subnet?: HostSubnet;
  /** The allocation id of an Elastic IP that exists already. @default - an Elastic IP of its own */
  readonly elasticIp?: string;
  /** The Route 53 hosted zone that gets a record for each of its sites. @default - no records */
  readonly zone?: { readonly id: string };
  /** The encrypted disk's size in GiB. @default 8 */
  readonly volumeGiB?: number;
  /** MiB of swap; 512 MB of memory do not hold apt and Docker at once. @default 1024 */
  readonly swapMiB?: number;
  /** Ubuntu packages of one's own, installed at the first boot. @default - none */
  readonly packages?: readonly string[];
  /** Files of one's own, written at the first boot. Anybody who may look at the instance can read them. @default - none */
  readonly files?: readonly CloudConfigFile[];
  /**
   * What a change of the packages and files, or of Slipway's own, does to a host that stands: they are read at the
   * first boot only, so that either the host is replaced, or it stays as it was made.
   * @default "replace"
   */
  readonly bootstrapChange?: "replace" | "keep";
  /** CPU beyond what the instance earns: paid for, or slowed down. @default "unlimited" */
  readonly cpuCredits?: "unlimited" | "standard";
  /** Where its services may connect to, beyond HTTPS, HTTP, DNS and NTP. @default - nowhere else */
  readonly outbound?: readonly OutboundRule[];
  /** Metrics each minute instead of every five; costs extra. @default false */
  readonly detailedMonitoring?: boolean;
  /** Who is told when the host fails its status checks. @default - nobody */
  readonly statusAlarm?: StatusAlarmOptions;
  /** @default - its name only */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether the apply waits until the host serves a release, and fails when it does not. @default true */
  readonly gate?: boolean;
  /** Seconds that a release may take, the host's first boot included. @default 900 */
  readonly deadlineSeconds?: number;
  /** Seconds that open requests get to end by themselves after a release. @default 10 */
  readonly drainSeconds?: number;
  /** How many releases keep their images on the host. @default 3 */
  readonly keepReleases?: number;
}

/** What was declared, checked. */
export interface DeclaredHost {
  readonly type: InstanceType;
  readonly machineImage: MachineImage;
  readonly userData: UserData;
  readonly volumeGiB: number;
  readonly deadlineSeconds: number;
}

/** Ubuntu's image has 8 GiB, and a disk may be larger than its image but never smaller. */
const VOLUME = { subject: "disk", unit: "GiB", lowest: 8, highest: 16_384 };
const DEADLINE = { subject: "deadline", unit: "seconds", lowest: 60, highest: 7200 };

/** @throws {ConstructError} for what cannot be what is declared, all of it together */
export function readNanoHost(scope: Construct, names: { host: string; parameter: string }, props: NanoHostProps) {
  const { volumeGiB = 8, deadlineSeconds = 900, machineImage = MachineImage.ubuntu2404() } = props;
  let type: InstanceType | undefined;
  let data: UserData | undefined;
  all([
    () => {
      const name = literal(scope, "instanceType", props.instanceType ?? "t4g.nano");
      type = at(scope, "instanceType", () => InstanceType.parse(name));
      checkImage(scope, type, machineImage);
    },
    () => {
      const { swapMiB, packages, files } = props;
      const own = literal(scope, "files", { swapMiB, packages, files });
      data = at(scope, "files", () => userData(hostBootstrap({ ...names, ...own })));
    },
    () => checkRange(scope, "volumeGiB", volumeGiB, VOLUME),
    () => checkRange(scope, "deadlineSeconds", deadlineSeconds, DEADLINE),
  ]);
  const declared = { type, machineImage, userData: data, volumeGiB, deadlineSeconds };
  return declared as DeclaredHost;
}

function checkImage(scope: Construct, type: InstanceType, { platform }: MachineImage): void {
  if (platform === undefined || platform.equals(type.platform)) return;
  const problem = `is for ${platform}, but a ${type} runs ${type.platform}: choose another of the two`;
  throw new ConstructError(scope, "machineImage", problem);
}

function checkRange(
  scope: Construct,
  property: string,
  got: number,
  { subject, unit, lowest, highest }: typeof VOLUME,
): void {
  literal(scope, property, got);
  if (Number.isInteger(got) && got >= lowest && got <= highest) return;
  const rule = `must be a whole number of ${unit} from ${lowest} to ${highest}`;
  throw new ConstructError(scope, property, { subject, rule, got });
}
