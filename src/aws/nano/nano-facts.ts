import type { IConstruct } from "constructs";
import { logGroupOf } from "./host-logs-options.ts";
import { type MonthlyPrice, monthlyPrice, type PricedHost, priceText } from "./monthly-price.ts";
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
  const priced = pricedHost({ type, volumeGiB }, props, region);
  const reboot = props.unattendedReboot?.window;
  const replaces = props.userDataReplaceOnChange ?? true;
  return {
    type: type.name,
    region,
    ...(props.machineImage && { machineImage: machineImage.describe(host, type.platform) }),
    volumeGiB,
    dataVolumeGiB: priced.dataVolumeGiB,
    cpuCredits: cpuCreditsOf(type, props),
    subnet: props.subnet?.id,
    availabilityZone: props.availabilityZone,
    elasticIp: props.elasticIp,
    ...(props.statusAlarm && { statusAlarm: true }),
    ...(props.usageAlarms && { usageAlarms: true }),
    logGroup: props.logs && logGroupOf(host, props.logs),
    unattendedReboot: reboot && `${reboot.from} to ${reboot.to}`,
    ...(props.detailedMonitoring && { detailedMonitoring: true }),
    ...(replaces && { userData: Buffer.from(userData.base64, "base64").toString("utf8") }),
    price: monthlyPrice(priced),
  };
}

/** What of a host is paid for. */
function pricedHost(
  { type, volumeGiB }: Pick<NanoHostSettings, "type" | "volumeGiB">,
  props: NanoHostProps,
  region: string,
): PricedHost {
  return {
    ...{ region, type, volumeGiB },
    dataVolumeGiB: props.dataVolume?.sizeGiB,
    alarms: (props.statusAlarm ? 1 : 0) + (props.usageAlarms ? 2 : 0),
    metrics: props.usageAlarms ? 2 : 0,
    unlimited: cpuCreditsOf(type, props) === "unlimited",
  };
}

function cpuCreditsOf({ isBurstable }: NanoHostSettings["type"], { cpuCredits = "unlimited" }: NanoHostProps) {
  return isBurstable ? cpuCredits : undefined;
}

/** What the machine of `host` is and costs, for people. */
export function machineText(
  host: IConstruct,
  declared: NanoHostSettings,
  props: NanoHostProps,
  region: string,
): string {
  const { type, machineImage } = declared;
  const price = priceText(pricedHost(declared, props, region));
  return `${type}, ${type.platform}, ${machineImage.describe(host, type.platform)}: ${price}`;
}
