import type { InstanceType } from "./instance-type.ts";
import { HOURS, monthlyUsd, priceOf } from "./price-table.ts";

/**
 * The part of each vCPU that a size earns credits for.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
 */
const BASELINE: Readonly<Record<string, number>> = { nano: 0.05, micro: 0.1, small: 0.2, medium: 0.2 };
/** How many vCPUs they have: two, but for the small ones of the oldest family. */
const ONE_VCPU = new Set(["t2.nano", "t2.micro", "t2.small"]);

/** What a host is made of, as far as it is paid for. */
export interface PricedHost {
  readonly region: string;
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

/** Dollars a month, by part; a part that is absent is not known in the host's region, or the host has none. */
export interface MonthlyPrice {
  readonly instance?: number;
  readonly disk?: number;
  readonly dataVolume?: number;
  readonly address?: number;
  readonly alarms?: number;
  readonly metrics?: number;
  /** The sum of what the host has; absent where a part of it is not known. */
  readonly total?: number;
  /** At worst, where every vCPU works without a pause; no part of the sum. */
  readonly surplus?: number;
  /** As of when the list price of the instance is; absent where it has none. */
  readonly asOf?: string;
}

interface Part {
  readonly part: keyof MonthlyPrice;
  readonly label: string;
  /** Absent where it is not known. */
  readonly usd?: number;
}

/** What a host costs a month that runs all day, before traffic, surplus CPU credits and taxes. */
export function monthlyPrice(host: PricedHost): MonthlyPrice {
  const { region, type, unlimited = false } = host;
  const parts = partsOf(host);
  const isWhole = parts.every(({ usd }) => usd !== undefined);
  const asOf = priceOf(region, type.name)?.date;
  return {
    ...Object.fromEntries(parts.filter(({ usd }) => usd !== undefined).map(({ part, usd }) => [part, usd])),
    ...(isWhole && { total: sum(parts) }),
    ...(unlimited ? worstSurplus(type, region) : { surplus: 0 }),
    ...(asOf !== undefined && { asOf }),
  };
}

/** The price as a person reads it, public IPv4 address included. */
export function priceText(host: PricedHost): string {
  const { region } = host;
  const { surplus, asOf } = monthlyPrice(host);
  const parts = partsOf(host);
  const known = parts.flatMap(({ label, usd }) => (usd === undefined ? [] : [`${label} ${dollars(usd)}`])).join(", ");
  const unknown = parts.filter(({ usd }) => usd === undefined).map(({ label }) => label);
  const traffic = `before traffic${surplus === undefined ? " and surplus credits" : ""}`;
  const worst = surplus ? `; surplus CPU credits cost up to ${dollars(surplus)} more where all CPUs always work` : "";
  return unknown.length === 0
    ? `about ${dollars(sum(parts))} USD a month (${known}; ${region}, list prices of ${asOf}, ${traffic})${worst}`
    : `${dollars(sum(parts))} USD a month and what is not known here: ${unknown.join(", ")} in ${region} (${known}; ${traffic})${worst}`;
}

function partsOf({ region, type, volumeGiB, dataVolumeGiB = 0, alarms, metrics = 0 }: PricedHost): Part[] {
  const part = (name: keyof MonthlyPrice, label: string, what: string, amount = 1): Part[] => {
    const usd = monthlyUsd(region, what, amount);
    return amount === 0 ? [] : [{ part: name, label, ...(usd !== undefined && { usd }) }];
  };
  return [
    ...part("instance", "instance", type.name),
    ...part("disk", "disk", "gp3", volumeGiB),
    ...part("dataVolume", "data volume", "gp3", dataVolumeGiB),
    ...part("address", "public IPv4", "address"),
    ...part("alarms", "alarm", "alarm", alarms),
    ...part("metrics", "metrics", "metric", metrics),
  ];
}

function sum(parts: readonly Part[]): number {
  return parts.reduce((before, { usd = 0 }) => before + usd, 0);
}

/** Why of the listed sizes alone: what a size earns is not known of others. */
function worstSurplus({ name, family, size }: InstanceType, region: string): Pick<MonthlyPrice, "surplus"> {
  const credits = priceOf(region, `credits of ${family}`);
  const baseline = BASELINE[size];
  if (credits === undefined || baseline === undefined) return {};
  return { surplus: (ONE_VCPU.has(name) ? 1 : 2) * (1 - baseline) * credits.usd * HOURS };
}

function dollars(amount: number): string {
  return amount.toFixed(2);
}
