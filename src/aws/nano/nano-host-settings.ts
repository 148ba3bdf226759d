import type { Construct } from "constructs";
import { drainTime } from "../../release/drain.ts";
import { keptReleases } from "../../release/release.ts";
import { atProperty, ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { checkLiteral, requireLiteral, requireTextMap, requireWordList } from "../../terraform/literal.ts";
import type { OptionNames } from "../../values/known-options.ts";
import { checkSwitch } from "../../values/switch.ts";
import { AwsAccount } from "../aws-account.ts";
import { checkResourceId, ELASTIC_IP, SUBNET, ZONE } from "../resource-id.ts";
import { checkTopics } from "./alarm-topics.ts";
import { packageName } from "./cloud-config.ts";
import { checkDataVolume } from "./data-volume-options.ts";
import { type DiskOptions, refuseFullDisk } from "./disk-fit.ts";
import { hostBootstrap, hostConf, swapSize, USUAL_SWAP_MIB } from "./host-bootstrap.ts";
import { checkHostLogs } from "./host-logs-options.ts";
import { InstanceType } from "./instance-type.ts";
import { MachineImage } from "./machine-image.ts";
import type { NanoHostProps } from "./nano-host-props.ts";
import { checkOpenTo } from "./open-to.ts";
import { checkOutbound } from "./outbound-rule.ts";
import { checkUnattendedReboot } from "./unattended-reboot.ts";
import { checkUsageAlarms } from "./usage-alarms.ts";
import { type UserData, userData } from "./user-data.ts";
import { checkWholeNumber } from "./whole-number.ts";

/** What was declared of a host, checked. */
export interface NanoHostSettings extends DiskOptions {
  readonly type: InstanceType;
  readonly machineImage: MachineImage;
  readonly userData: UserData;
  readonly deadlineSeconds: number;
}

/** What a host is called in its own files. */
export interface HostNames {
  readonly host: string;
  readonly parameter: string;
}

/** Ubuntu's image has 8 GiB, and a disk may be larger than its image but never smaller. */
const VOLUME = { subject: "disk", unit: "GiB", lowest: 8, highest: 16_384 };
const DEADLINE = { subject: "deadline", unit: "seconds", lowest: 60, highest: 7200 };

const NANO_HOST_PROPS: OptionNames<NanoHostProps> = {
  account: true,
  region: true,
  instanceType: true,
  machineImage: true,
  subnet: true,
  availabilityZone: true,
  elasticIp: true,
  zone: true,
  tls: true,
  volumeGiB: true,
  dataVolume: true,
  swapMiB: true,
  packages: true,
  files: true,
  userDataReplaceOnChange: true,
  cpuCredits: true,
  outbound: true,
  trustedProxies: true,
  requireSignature: true,
  openTo: true,
  detailedMonitoring: true,
  statusAlarm: true,
  usageAlarms: true,
  unattendedReboot: true,
  logs: true,
  tags: true,
  waitForRelease: true,
  deadlineSeconds: true,
  drainSeconds: true,
  keepReleases: true,
  irreversible: true,
};

/** @throws {ConstructError} for what cannot be what is declared, all of it together */
export function nanoHostSettings(scope: Construct, names: HostNames, props: NanoHostProps): NanoHostSettings {
  const { volumeGiB = 8, swapMiB = USUAL_SWAP_MIB } = props;
  const { deadlineSeconds = 900, machineImage = MachineImage.ubuntu2404() } = props;
  const read: Partial<Record<keyof NanoHostSettings, unknown>> = { machineImage, volumeGiB, swapMiB, deadlineSeconds };
  collectErrors([
    () => knownProps(scope, props, NANO_HOST_PROPS),
    () => {
      const name = requireLiteral(scope, "instanceType", props.instanceType ?? "t4g.nano");
      const type = atProperty(scope, "instanceType", () => InstanceType.parse(name));
      read.type = type;
      checkImage(scope, type, machineImage);
    },
    () => {
      read.userData = readUserData(scope, names, props);
    },
    () => {
      checkWholeNumber(scope, "volumeGiB", volumeGiB, VOLUME);
      refuseFullDisk(scope, { volumeGiB, swapMiB });
    },
    () => checkDataVolume(scope, props.dataVolume),
    () => checkHostLogs(scope, props.logs),
    () => checkUnattendedReboot(scope, props.unattendedReboot),
    () => checkUsageAlarms(scope, props.usageAlarms),
    () => checkWholeNumber(scope, "deadlineSeconds", deadlineSeconds, DEADLINE),
    () => checkLiteral(scope, "drainSeconds", props.drainSeconds, drainTime),
    () => checkLiteral(scope, "keepReleases", props.keepReleases, keptReleases),
    () => checkLiteral(scope, "irreversible", props.irreversible, (value) => checkSwitch("irreversible", value)),
    () => checkOutbound(scope, props.outbound ?? []),
    () => checkOpenTo(scope, props.openTo, props.trustedProxies),
    () => requireTextMap(scope, "tags", props.tags ?? {}),
    () => checkZones(scope, props),
    ...referenceChecks(scope, props),
  ]);
  return read as unknown as NanoHostSettings;
}

function readUserData(scope: Construct, names: HostNames, props: NanoHostProps): UserData {
  const { swapMiB, packages = [], files = [] } = props;
  const hasDataVolume = props.dataVolume !== undefined;
  collectErrors([
    () => atProperty(scope, "id", () => hostConf(names)),
    () => checkLiteral(scope, "swapMiB", swapMiB, swapSize),
    () => {
      const words = requireWordList(
        scope,
        "packages",
        requireLiteral(scope, "packages", packages),
        'write e.g. ["htop"]',
      );
      atProperty(scope, "packages", () => words.map(packageName));
    },
    () => {
      if (Array.isArray(requireLiteral(scope, "files", files))) return;
      const remedy = 'write [{ path: "/etc/motd", content: "…" }]';
      throw new ConstructError(scope, "files", { subject: "files", rule: "must be a list", got: files, remedy });
    },
  ]);
  return atProperty(scope, "files", () =>
    userData(hostBootstrap({ ...names, swapMiB, packages, files, hasDataVolume })),
  );
}

function referenceChecks(scope: Construct, { subnet, zone, elasticIp, statusAlarm }: NanoHostProps): (() => void)[] {
  return [
    () => subnet === undefined || checkResourceId(scope, "subnet", subnet.id, SUBNET, subnet),
    () => zone === undefined || checkResourceId(scope, "zone", zone.id, ZONE, zone),
    () => elasticIp === undefined || checkResourceId(scope, "elasticIp", elasticIp, ELASTIC_IP),
    () => {
      if (statusAlarm === undefined) return;
      knownProps(scope, statusAlarm, { topics: true }, "statusAlarm");
      checkTopics(scope, "statusAlarm.topics", statusAlarm.topics);
    },
  ];
}

function checkImage(scope: Construct, type: InstanceType, image: MachineImage): void {
  if (!(image instanceof MachineImage)) {
    const remedy = 'write MachineImage.fromId("ami-…", platform) or MachineImage.ubuntu2404("20250610")';
    const problem = { subject: "machine image", rule: "must be a MachineImage", got: image, remedy };
    throw new ConstructError(scope, "machineImage", problem);
  }
  const { platform } = image;
  if (platform === undefined || platform.equals(type.platform)) return;
  const problem = `is for ${platform}, but a ${type} runs ${type.platform}: choose another of the two`;
  throw new ConstructError(scope, "machineImage", problem);
}

/** A zone belongs to the region that a host is in, a subnet is in one already, and a volume stays in its own. */
function checkZones(scope: Construct, { availabilityZone: zone, dataVolume, subnet }: NanoHostProps): void {
  checkZone(scope, "availabilityZone", zone);
  checkZone(scope, "dataVolume.zone", dataVolume?.zone);
  if (zone === undefined) return;
  if (dataVolume?.zone !== undefined && dataVolume.zone !== zone) {
    const problem = `is ${dataVolume.zone}, but availabilityZone is ${zone}: a host stands where its data volume is, leave one of the two out`;
    throw new ConstructError(scope, "dataVolume.zone", problem);
  }
  if (subnet === undefined) return;
  const problem = `is ${zone}, but subnet ${subnet.id} is in a zone of its own: leave one of the two out`;
  throw new ConstructError(scope, "availabilityZone", problem);
}

function checkZone(scope: Construct, property: string, zone: string | undefined): void {
  if (zone === undefined) return;
  requireLiteral(scope, property, zone);
  const { region } = AwsAccount.of(scope);
  const isZone = typeof zone === "string" && zone.startsWith(region);
  if (isZone && /^(-[a-z0-9-]+)?[a-z]$/.test(zone.slice(region.length))) return;
  const remedy = `write e.g. "${region}b"`;
  const problem = { subject: "availability zone", rule: `must be one of ${region}`, got: zone, remedy };
  throw new ConstructError(scope, property, problem);
}
