import type { IConstruct } from "constructs";
import { logGroupOf } from "./host-logs-options.ts";
import { type MonthlyPrice, monthlyPrice, PRICED_REGION } from "./monthly-price.ts";
import type { NanoHostProps } from "./nano-host-props.ts";
import type { NanoHostSettings } from "./nano-host-settings.ts";

/** What a host's machine is, for reviews; what later declarations do not change on a machine that is there is left out. */
export interface NanoFacts {
  readonly type: string;
  readonly region: string;
  /** The one that is named; of the usual ones a later one changes nothing. */
  readonly machineImage?: string;
  readonly volumeGiB: number;
  readonly dataVolumeGiB?: number;
  readonly cpuCredits?: string;
  /** Where it stands, as far as it is declared. */
  readonly subnet?: string;
  readonly availabilityZone?: string;
  /** Its address, where that is one that was there before. */
  readonly elasticIp?: string;
  readonly statusAlarm?: true;
  readonly usageAlarms?: true;
  /** The CloudWatch log group that outlives it. */
  readonly logGroup?: string;
  /** When it may reboot by itself, in UTC. */
  readonly unattendedReboot?: string;
  readonly detailedMonitoring?: true;
  /** As text; every change of it is another machine, unless that was turned off. */
  readonly userData?: string;
  readonly price: MonthlyPrice;
}

/** What the machine of `host` is. */
export function nanoFacts(
  host: IConstruct,
  { type, machineImage, volumeGiB, userData }: NanoHostSettings,
  props: NanoHostProps,
  region: string,
): NanoFacts {
  const cpuCredits = type.isBurstable ? (props.cpuCredits ?? "unlimited") : undefined;
  const dataVolumeGiB = props.dataVolume?.sizeGiB;
  const alarms = (props.statusAlarm ? 1 : 0) + (props.usageAlarms ? 2 : 0);
  const metrics = props.usageAlarms ? 2 : 0;
  const reboot = props.unattendedReboot?.window;
  const replaces = props.userDataReplaceOnChange ?? true;
  return {
    type: type.name,
    region,
    ...(props.machineImage && { machineImage: machineImage.describe(host, type.platform) }),
    volumeGiB,
    dataVolumeGiB,
    cpuCredits,
    subnet: props.subnet?.id,
    availabilityZone: props.availabilityZone,
    elasticIp: props.elasticIp,
    ...(props.statusAlarm && { statusAlarm: true }),
    ...(props.usageAlarms && { usageAlarms: true }),
    logGroup: props.logs && logGroupOf(host, props.logs),
    unattendedReboot: reboot && `${reboot.from} to ${reboot.to}`,
    ...(props.detailedMonitoring && { detailedMonitoring: true }),
    ...(replaces && { userData: Buffer.from(userData.base64, "base64").toString("utf8") }),
    price: monthlyPrice({ type, volumeGiB, dataVolumeGiB, alarms, metrics, unlimited: cpuCredits === "unlimited" }),
  };
}

/** The same for reviews: never a price of another region than the host's. */
export function reviewedFacts({ price, ...facts }: NanoFacts): object {
  return facts.region === PRICED_REGION ? { ...facts, price } : facts;
}
