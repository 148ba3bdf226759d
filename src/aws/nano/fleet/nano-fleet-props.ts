import type { OptionNames } from "../../../values/known-options.ts";
import type { NanoHostProps } from "../nano-host-props.ts";
import type { HostSubnet } from "../vpc-subnet.ts";

/** What one host of a fleet may have otherwise than the others. */
export type FleetHostProps = Pick<
  NanoHostProps,
  "instanceType" | "machineImage" | "volumeGiB" | "packages" | "files" | "cpuCredits" | "unattendedReboot" | "elasticIp"
>;

/** What a fleet decides itself. */
type Decided =
  | "subnet"
  | "availabilityZone"
  | "elasticIp"
  | "zone"
  | "dataVolume"
  | "openTo"
  | "waitForRelease"
  | "unattendedReboot";

/** What a {@link NanoFleet} takes: what each of its hosts is, and how they stand together. */
export interface NanoFleetProps extends Omit<NanoHostProps, Decided> {
  /**
   * How many hosts it has, numbered from 1. A higher number makes more and touches none that is there; a lower one takes
   * away the last: let them be `drained` by the apply before, and nobody notices.
   */
  readonly hosts: number;
  /**
   * The availability zones of the default VPC that they stand in, in turn, e.g. `["eu-west-1a", "eu-west-1b"]`. Another list
   * makes hosts anew in other zones; one that only gets longer does so, too, for every host beyond the first few.
   * @default - those of its subnets
   */
  readonly availabilityZones?: readonly string[];
  /** Public subnets of one VPC that they stand in, in turn, each in a zone of its own. @default - of the default VPC, by `availabilityZones` */
  readonly subnets?: readonly HostSubnet[];
  /** The Route 53 hosted zone of its names. */
  readonly zone: { readonly id: string };
  /**
   * Whether an Application Load Balancer stands in front: it ends TLS with a certificate of ACM's, which it renews, and asks
   * every host each 10 seconds. About 25.70 USD a month for two zones, with its public addresses, and 5.84 for each LCU that it
   * uses all the time (eu-west-1).
   * @default false: Route 53 answers with the addresses of the hosts that its health checks find well
   */
  readonly balancer?: boolean;
  /** The path that hosts are asked for; 200 to 399 is well. Of the site that is declared first. @default "/" */
  readonly healthPath?: string;
  /** How many seconds the first host serves a release before the others hear of it. @default 30 */
  readonly canarySeconds?: number;
  /** Numbers of hosts that get no visitors, e.g. until they are changed or taken away by the next apply. @default - none */
  readonly drained?: readonly number[];
  /**
   * What single hosts have otherwise, by their number: `{ 1: { machineImage } }` to try it on one, and the place for windows
   * of `unattendedReboot` that are apart. What changes the machines of all hosts at once takes all of them away at once.
   * @default - all are alike
   */
  readonly only?: Readonly<Record<number, FleetHostProps>>;
}

/** What of them is the fleet's own, and no host's. */
export const FLEET_OWN = [
  ...(["hosts", "availabilityZones", "subnets", "zone", "balancer", "healthPath"] as const),
  ...(["canarySeconds", "drained", "only"] as const),
] satisfies readonly (keyof NanoFleetProps)[];

export const FLEET_HOST_PROPS: OptionNames<FleetHostProps> = {
  instanceType: true,
  machineImage: true,
  volumeGiB: true,
  packages: true,
  files: true,
  cpuCredits: true,
  unattendedReboot: true,
  elasticIp: true,
};

export const NANO_FLEET_PROPS: OptionNames<NanoFleetProps> = {
  account: true,
  region: true,
  hosts: true,
  availabilityZones: true,
  subnets: true,
  zone: true,
  balancer: true,
  healthPath: true,
  canarySeconds: true,
  drained: true,
  only: true,
  instanceType: true,
  machineImage: true,
  tls: true,
  volumeGiB: true,
  swapMiB: true,
  packages: true,
  files: true,
  userDataReplaceOnChange: true,
  cpuCredits: true,
  outbound: true,
  trustedProxies: true,
  requireSignature: true,
  detailedMonitoring: true,
  statusAlarm: true,
  usageAlarms: true,
  logs: true,
  tags: true,
  deadlineSeconds: true,
  drainSeconds: true,
  keepReleases: true,
  irreversible: true,
};

/** Why a fleet does not take what a nano does, by option. */
export const REFUSED: Readonly<Record<Decided, string>> = {
  subnet: "its hosts stand in several: name subnets",
  availabilityZone: "its hosts stand in several: name availabilityZones",
  elasticIp: "each host has one of its own: name it by only, { 1: { elasticIp } }",
  zone: "",
  dataVolume:
    "what a service writes would be on one host of several: keep data in a service of AWS, or on a NanoHost beside that the fleet leads to",
  openTo:
    "who visits is let in where its name leads: by the balancer, or by everybody, Route 53's health checks among them",
  waitForRelease: "each host waits for the one before it",
  unattendedReboot:
    "hosts that stand for each other need windows apart: write them by only, { 1: { unattendedReboot } }",
};
