import type { InstanceType } from "./instance-type.ts";

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
const HOURS = 730;
const GP3_GIBIBYTE = 0.08;
const PUBLIC_ADDRESS_HOURLY = 0.005;
const ALARM = 0.1;

/** What a host is made of, as far as it is paid for. */
export interface PricedHost {
  readonly type: InstanceType;
  readonly volumeGiB: number;
  readonly alarms: number;
}

/** Dollars a month, by part; `instance` is unknown for types that are not in the list. */
export interface MonthlyPrice {
  readonly instance?: number;
  readonly disk: number;
  readonly address: number;
  readonly alarms: number;
}

/** What a host costs a month that runs all day, before traffic, surplus CPU credits and taxes. */
export function monthlyPrice({ type, volumeGiB, alarms }: PricedHost): MonthlyPrice {
  const hourly = HOURLY[type.name];
  return {
    ...(hourly === undefined ? {} : { instance: hourly * HOURS }),
    disk: volumeGiB * GP3_GIBIBYTE,
    address: PUBLIC_ADDRESS_HOURLY * HOURS,
    alarms: alarms * ALARM,
  };
}

/** The price as a person reads it, public IPv4 address included. */
export function priceText({ instance, disk, address, alarms }: MonthlyPrice): string {
  const rest = disk + address + alarms;
  const parts = `disk ${dollars(disk)}, public IPv4 ${dollars(address)}${alarms > 0 ? `, alarm ${dollars(alarms)}` : ""}`;
  const conditions = "us-east-1, list prices of 2025, before traffic and surplus credits";
  return instance === undefined
    ? `${dollars(rest)} USD a month and the instance, whose price is not known here (${parts}; ${conditions})`
    : `about ${dollars(instance + rest)} USD a month (instance ${dollars(instance)}, ${parts}; ${conditions})`;
}

function dollars(amount: number): string {
  return amount.toFixed(2);
}
