import type { Tls } from "../../release/tls.ts";
import type { TrustedProxies } from "../../release/trusted-proxies.ts";
import type { AwsEnvironment } from "../aws-account.ts";
import type { CloudConfigFile } from "./cloud-config.ts";
import type { DataVolumeOptions } from "./data-volume-options.ts";
import type { HostLogsOptions } from "./host-logs-options.ts";
import type { MachineImage } from "./machine-image.ts";
import type { OpenTo } from "./open-to.ts";
import type { OutboundRule } from "./outbound-rule.ts";
import type { StatusAlarmOptions } from "./status-alarm.ts";
import type { UnattendedRebootOptions } from "./unattended-reboot.ts";
import type { UsageAlarmsOptions } from "./usage-alarms.ts";
import type { HostSubnet } from "./vpc-subnet.ts";

/** What a {@link NanoHost} takes. */
export interface NanoHostProps extends AwsEnvironment {
  /** Any type that runs Linux, e.g. `t3.nano`, `t3a.nano`, `t2.nano`; the processor follows from it. @default "t4g.nano" */
  readonly instanceType?: string;
  /**
   * What it boots from. Another one replaces the host, which comes back with the release that is live.
   * @default - Ubuntu 24.04 of the day that this Slipway names; a host that stands keeps its own
   */
  readonly machineImage?: MachineImage;
  /** A public subnet. @default - one of the default VPC's, in a zone that has the instance type */
  readonly subnet?: HostSubnet;
  /**
   * The zone of that subnet of the default VPC, e.g. `eu-west-1b`. Another one makes the host anew there, with its address:
   * what to do when AWS has no such instance left in a zone.
   * @default - the first that has the instance type; a host that stands stays where it is
   */
  readonly availabilityZone?: string;
  /** The allocation id of an Elastic IP that exists already. @default - an Elastic IP of its own */
  readonly elasticIp?: string;
  /** The Route 53 hosted zone that gets a record for each of its sites. @default - no records */
  readonly zone?: { readonly id: string };
  /**
   * Where the certificates of its sites come from; a site may say it for itself. They are on the host's encrypted disk and
   * go with it: the host that replaces it gets new ones, of which Let's Encrypt gives the same names five a week. With a
   * `dataVolume` they are kept on that as well, and the host that replaces it has them again.
   * @default - sites are served by HTTP
   */
  readonly tls?: Tls;
  /**
   * The encrypted disk's size in GiB. Of 8, Ubuntu with Docker takes some 3 and swap 1: 4 are for images, those of the
   * last few releases among them. An engine with containerd's image store, as Ubuntu's Docker 29 has it, keeps each image
   * compressed and unpacked, a third more (327 MB where 240 were). Where the disk gets full, images of older releases go.
   * @default 8
   */
  readonly volumeGiB?: number;
  /**
   * An EBS volume that outlives the instance, for the volumes of services and the certificates of sites. Declaring it, or
   * no longer, makes a new instance: the user data says that there is one.
   * @default - none: what services write goes with their containers
   */
  readonly dataVolume?: DataVolumeOptions;
  /** MiB of swap for the host itself, services have none; 512 MB do not hold apt and Docker at once. @default 1024 */
  readonly swapMiB?: number;
  /** Ubuntu packages of one's own, installed at the first boot. @default - none */
  readonly packages?: readonly string[];
  /** Files of one's own, written at the first boot. Anybody who may look at the instance can read them. @default - none */
  readonly files?: readonly CloudConfigFile[];
  /**
   * Whether a change of the packages and files replaces a host that stands: they are read at the first boot only, so that
   * either the host is replaced, or it stays as it was made. Slipway's own part of them hardly ever changes: its agent
   * travels with each release.
   * @default true
   */
  readonly userDataReplaceOnChange?: boolean;
  /**
   * CPU beyond what the instance earns, 5 % of each for a nano: paid for, or slowed down. `unlimited` costs nothing where
   * the average stays below that, and at worst 55.48 USD a month for a t4g.nano, 69.35 for a t3.nano, in every region (2026).
   * Why all the same: a new host has no credits, and would install its packages at 5 %.
   * @default "unlimited"
   */
  readonly cpuCredits?: "unlimited" | "standard";
  /** Where its services may connect to, beyond HTTPS, HTTP, DNS and NTP. @default - nowhere else */
  readonly outbound?: readonly OutboundRule[];
  /** Proxies in front of it, whose word about visitors is believed. @default - none: whoever connects is the visitor */
  readonly trustedProxies?: TrustedProxies;
  /**
   * Public keys of the curve P-256, as files or texts: each image that it runs must be signed by one of them, in cosign's
   * format, or its release fails before anything starts. Several while one takes another's place.
   * @default - nothing need be signed
   */
  readonly requireSignature?: readonly string[];
  /**
   * Whom the firewall lets in to its sites: everybody, the trusted proxies alone (by their IPv4 ranges), or a security
   * group, e.g. a load balancer's. @default "everybody"
   */
  readonly openTo?: OpenTo;
  /** Metrics each minute instead of every five; costs extra. @default false */
  readonly detailedMonitoring?: boolean;
  /** Who is told when the host fails its status checks. @default - nobody */
  readonly statusAlarm?: StatusAlarmOptions;
  /**
   * Who is told when a disk or the memory gets full, and from where on that is. The host puts two metrics for it, by a role
   * that may put no others: about 0.80 USD a month for them and their alarms, and 0.09 for putting them (us-east-1, 2025).
   * Declaring it replaces no container.
   * @default - nobody
   */
  readonly usageAlarms?: UsageAlarmsOptions;
  /**
   * A log group in CloudWatch to which the engine sends what services, tasks and schedules write, a stream for each
   * container, `SERVICE/CONTAINER`; it outlives the instance and goes with the host's declaration. Declaring it, or no
   * longer, rolls every service once; tasks that have run do not run again. `docker logs` and `slipway logs` go on working:
   * the engine keeps the last 30 MB of a container beside. While CloudWatch does not answer, containers start and run all
   * the same, and the oldest lines beyond 4 MB of a container are lost. CloudWatch asks 0.50 USD a GB that is written and
   * 0.03 a GB and month that is kept (us-east-1, 2025).
   * @default - logs are on the host's disk alone
   */
  readonly logs?: HostLogsOptions;
  /**
   * When it may reboot by itself, in UTC, where one of Ubuntu's security upgrades, which it installs every day, counts only
   * after that: `{ window: { from: "03:00", to: "05:00" } }`. Once a day at most, never while a release, apt or a schedule is
   * at work; a release that comes meanwhile waits. Its sites do not answer for about a minute, so hosts that stand
   * for each other need windows apart.
   * @default - never: it goes on with the kernel that it booted
   */
  readonly unattendedReboot?: UnattendedRebootOptions;
  /** @default - its name only */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether the apply waits until the host serves a release, and fails when it does not. @default true */
  readonly waitForRelease?: boolean;
  /** Seconds that a release may take before it drains, the host's first boot included. @default 900 */
  readonly deadlineSeconds?: number;
  /**
   * The most seconds that open requests get to end by themselves after a release.
   * @default - as long as a request of its sites may be silent, 10 at least
   */
  readonly drainSeconds?: number;
  /**
   * Whether this release does what serving an earlier one cannot undo, as a migration does: no rollback goes past it.
   * Take it away again with the next change. @default false
   */
  readonly irreversible?: boolean;
  /**
   * How many of the releases that were live last keep their images in ECR, and on the host as long as its disk holds
   * them. @default 3
   */
  readonly keepReleases?: number;
}
