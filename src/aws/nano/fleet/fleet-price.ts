import { monthlyUsd, priceOf } from "../price-table.ts";

/** What of a fleet is paid for beside its hosts. */
export interface PricedFleet {
  readonly region: string;
  readonly hosts: number;
  /** In how many zones its load balancer stands. @default - it has none */
  readonly balancedZones?: number;
  /** Whether its health checks ask by TLS. */
  readonly isSecured: boolean;
}

/** Dollars a month beside the hosts, by part; the total is absent where a part of it is not known in the region. */
export interface FleetPrice {
  readonly balancer?: number;
  /** The public addresses of the load balancer, one a zone. */
  readonly addresses?: number;
  readonly healthChecks?: number;
  readonly total?: number;
  readonly asOf?: string;
}

/** What a fleet costs a month beside its hosts, before the traffic, by which LCUs are counted. */
export function fleetPrice({ region, hosts, balancedZones, isSecured }: PricedFleet): FleetPrice {
  const monthly = (what: string, amount: number) => monthlyUsd(region, what, amount);
  const parts =
    balancedZones === undefined
      ? { healthChecks: sum(monthly("health check", hosts), isSecured ? monthly("health check by TLS", hosts) : 0) }
      : { balancer: monthly("load balancer", 1), addresses: monthly("address", balancedZones) };
  const total = sum(...Object.values(parts));
  const asOf = priceOf(region, balancedZones === undefined ? "health check" : "load balancer")?.date;
  return {
    ...Object.fromEntries(Object.entries(parts).filter(([, usd]) => usd !== undefined)),
    ...(total !== undefined && { total }),
    ...(asOf !== undefined && { asOf }),
  };
}

/** The price as a person reads it. */
export function fleetPriceText(fleet: PricedFleet): string {
  const { balancer, addresses, healthChecks, total } = fleetPrice(fleet);
  if (fleet.balancedZones === undefined) return `health checks ${dollars(healthChecks)} USD a month`;
  const unit = monthlyUsd(fleet.region, "LCU");
  const used = unit ? `, and ${dollars(unit)} for each LCU that is used all the time` : "";
  return `load balancer ${dollars(total)} USD a month (${dollars(balancer)}, public IPv4 ${dollars(addresses)})${used}`;
}

function sum(...parts: readonly (number | undefined)[]): number | undefined {
  return parts.reduce((before, usd) => (before === undefined || usd === undefined ? undefined : before + usd), 0);
}

function dollars(amount: number | undefined): string {
  return amount === undefined ? "unknown" : amount.toFixed(2);
}
