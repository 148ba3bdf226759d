import type { InstanceType } from "./instance-type.ts";

/** Whose list prices these are: what another region costs is not known here. */
export const PRICED_REGION = "us-east-1";

/** Dollars an hour on demand for Linux in us-east-1, list prices of 2025. @see https://aws.amazon.com/ec2/pricing/on-demand/ */
const HOURLY: Readonly<Record<string, number>> = {
  "t4g.nano": 0.0042,
  "t4g.micro": 0.0084,
  "t4g.small": 0.0168,
  "t3.nano": 0.0052,
  "t3.micro": 0.0104,
  "t3.small": 0.0208,
  "t3a.nano": 0.0047,
  "t3a.micro": 0.0094,
  "t3a.small": 0.0188,
  "t2.nano": 0.0058,
  "t2.micro": 0.0116,
  "t2.small": 0.023,
};
/** What a vCPU costs an hour that works on surplus credits, and how many vCPUs the listed sizes of a family have. */
const SURPLUS: Readonly<Record<string, { readonly hourly: number; readonly vcpus: number }>> = {
  t4g: { hourly: 0.04, vcpus: 2 },
  t3: { hourly: 0.05, vcpus: 2 },
  t3a: { hourly: 0.05, vcpus: 2 },
  t2: { hourly: 0.05, vcpus: 1 },
};
/** The part of each vCPU that a size earns credits for. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html */
const BASELINE: Readonly<Record<string, number>> = { nano: 0.05, micro: 0.1, small: 0.2 };
const HOURS = 730;
const GP3_GIBIBYTE = 0.08;
const PUBLIC_ADDRESS_HOURLY = 0.005;
const ALARM = 0.1;
const METRIC = 0.3;

/** What a host is made of, as far as it is paid for. */
export interface PricedHost {
  readonly type: InstanceType;
  readonly volumeGiB: number;
  /** @default - no data volume */
  readonly dataVolumeGiB?: number;
  readonly alarms: number;
  /** Metrics of its own. @default 0 */
  readonly metrics?: number;
  /** Whether CPU beyond what it earns is paid for. @default false */
  readonly unlimited?: boolean;
}

/** Dollars a month, by part; `instance` is unknown for types that are not in the list. */
export interface MonthlyPrice {
  readonly instance?: number;
  readonly disk: number;
  /** @default - no data volume */
  readonly dataVolume?: number;
  readonly address: number;
  readonly alarms: number;
  /** @default - it has none */
  readonly metrics?: number;
  /** At worst, where every vCPU works without a pause; no part of the sum. Unknown for types that are not in the list. */
  readonly surplus?: number;
}

/** What a host costs a month that runs all day, before traffic, surplus CPU credits and taxes. */
export function monthlyPrice({
  type,
  volumeGiB,
  dataVolumeGiB,
  alarms,
  metrics = 0,
  unlimited = false,
}: PricedHost): MonthlyPrice {
  const hourly = HOURLY[type.name];
  return {
    ...(hourly === undefined ? {} : { instance: hourly * HOURS }),
    disk: volumeGiB * GP3_GIBIBYTE,
    ...(dataVolumeGiB === undefined ? {} : { dataVolume: dataVolumeGiB * GP3_GIBIBYTE }),
    address: PUBLIC_ADDRESS_HOURLY * HOURS,
    alarms: alarms * ALARM,
    ...(metrics === 0 ? {} : { metrics: metrics * METRIC }),
    ...(unlimited ? worstSurplus(type) : { surplus: 0 }),
  };
}

/** The price as a person reads it, public IPv4 address included. */
export function priceText({ instance, disk, dataVolume, address, alarms, metrics, surplus }: MonthlyPrice): string {
  const rest = disk + (dataVolume ?? 0) + address + alarms + (metrics ?? 0);
  const data = dataVolume === undefined ? "" : `data volume ${dollars(dataVolume)}, `;
  const parts = `disk ${dollars(disk)}, ${data}public IPv4 ${dollars(address)}${alarms > 0 ? `, alarm ${dollars(alarms)}` : ""}${metrics === undefined ? "" : `, metrics ${dollars(metrics)}`}`;
  const conditions = `${PRICED_REGION}, list prices of 2025, before traffic${surplus === undefined ? " and surplus credits" : ""}`;
  const worst = surplus ? `; surplus CPU credits cost up to ${dollars(surplus)} more where all CPUs always work` : "";
  return instance === undefined
    ? `${dollars(rest)} USD a month and the instance, whose price is not known here (${parts}; ${conditions})${worst}`
    : `about ${dollars(instance + rest)} USD a month (instance ${dollars(instance)}, ${parts}; ${conditions})${worst}`;
}

function worstSurplus({ name, family, size }: InstanceType): Pick<MonthlyPrice, "surplus"> {
  const { hourly, vcpus } = SURPLUS[family] ?? {};
  if (HOURLY[name] === undefined || hourly === undefined || vcpus === undefined) return {};
  return { surplus: vcpus * (1 - (BASELINE[size] ?? 0)) * hourly * HOURS };
}

function dollars(amount: number): string {
  return amount.toFixed(2);
}
