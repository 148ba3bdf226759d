/** What something costs in a region, where and as of when that is from. */
export interface PriceRow {
  /** `every` for what costs the same in all of them. */
  readonly region: string;
  /** A type of instance, or what else a host is made of. */
  readonly what: string;
  readonly usd: number;
  /** The time that it is for; of a disk each GiB, of credits each vCPU. */
  readonly per: "hour" | "month";
  readonly date: string;
  readonly source: string;
}

/**
 * A catalogue that is read off AWS's price list; the instance types that it has are those of 2025's first months. What
 * was compared with lists and bills of 2026, t4g.nano in us-east-1, t4g.small and t4g.medium in eu-west-1, was the same.
 */
const CATALOGUE =
  "https://github.com/skypilot-org/skypilot-catalog/blob/27f67dd4e1bc0d35fa0ec075180ad54b230882c4/catalogs/v7/aws/vms.csv";
const OFFERS = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws";
const CLOUDWATCH = `${OFFERS}/AmazonCloudWatch/20260922021715/eu-west-1/index.json`;
const ADDRESSES = "https://aws.amazon.com/blogs/aws/new-aws-public-ipv4-address-charge-public-ip-insights/";
const BALANCERS = "https://aws.amazon.com/elasticloadbalancing/pricing/";
const ROUTE53 = "https://aws.amazon.com/route53/pricing/";
const ON_DEMAND = "https://aws.amazon.com/ec2/pricing/on-demand/";

/**
 * List prices in US dollars, Linux on demand. A region, or a part of it, whose price could not be looked up is left out:
 * nobody is helped by the price of another one. Looked up by hand: correct a row with its date and source.
 */
export const PRICES: readonly PriceRow[] = [
  ...instances("us-east-1", {
    ...{ "t4g.nano": 0.0042, "t4g.micro": 0.0084, "t4g.small": 0.0168, "t4g.medium": 0.0336 },
    ...{ "t3.nano": 0.0052, "t3.micro": 0.0104, "t3.small": 0.0208, "t3.medium": 0.0416 },
    ...{ "t3a.nano": 0.0047, "t3a.micro": 0.0094, "t3a.small": 0.0188, "t3a.medium": 0.0376 },
    ...{ "t2.nano": 0.0058, "t2.micro": 0.0116, "t2.small": 0.023, "t2.medium": 0.0464 },
  }),
  ...instances("eu-west-1", {
    ...{ "t4g.nano": 0.0046, "t4g.micro": 0.0092, "t4g.small": 0.0184, "t4g.medium": 0.0368 },
    ...{ "t3.nano": 0.0057, "t3.micro": 0.0114, "t3.small": 0.0228, "t3.medium": 0.0456 },
    ...{ "t3a.nano": 0.0051, "t3a.micro": 0.0102, "t3a.small": 0.0204, "t3a.medium": 0.0408 },
    ...{ "t2.nano": 0.0063, "t2.micro": 0.0126, "t2.small": 0.025, "t2.medium": 0.05 },
  }),
  row("us-east-1", "gp3", 0.08, "month", "2025", "https://aws.amazon.com/ebs/pricing/"),
  row("us-east-1", "alarm", 0.1, "month", "2025", "https://aws.amazon.com/cloudwatch/pricing/"),
  row("us-east-1", "metric", 0.3, "month", "2025", "https://aws.amazon.com/cloudwatch/pricing/"),
  // EU-EBS:VolumeUsage.gp3
  row("eu-west-1", "gp3", 0.088, "month", "2026-03-01", `${OFFERS}/AmazonEC2/current/eu-west-1/index.json`),
  row("us-east-1", "load balancer", 0.0225, "hour", "2025", BALANCERS),
  row("us-east-1", "LCU", 0.008, "hour", "2025", BALANCERS),
  row("eu-west-1", "load balancer", 0.0252, "hour", "2025", BALANCERS),
  row("eu-west-1", "LCU", 0.008, "hour", "2025", BALANCERS),
  // of what AWS runs itself, in all regions; by TLS is one of the "optional features", each as much
  row("every", "health check", 0.5, "month", "2025", ROUTE53),
  row("every", "health check by TLS", 1, "month", "2025", ROUTE53),
  // EU-CW:AlarmMonitorUsage, EU-CW:MetricMonitorUsage
  row("eu-west-1", "alarm", 0.1, "month", "2026-09-22", CLOUDWATCH),
  row("eu-west-1", "metric", 0.3, "month", "2026-09-22", CLOUDWATCH),
  // "for all public IPv4 addresses", in all regions; still so in eu-west-1 on 2026-09-17
  row("every", "address", 0.005, "hour", "2024-02-01", ADDRESSES),
  // "the same for all instance sizes, for On-Demand, Spot, and Reserved Instances, and across all regions"
  row("every", "credits of t4g", 0.04, "hour", "2026-09-29", ON_DEMAND),
  row("every", "credits of t3", 0.05, "hour", "2026-09-29", ON_DEMAND),
  row("every", "credits of t3a", 0.05, "hour", "2026-09-29", ON_DEMAND),
  row("every", "credits of t2", 0.05, "hour", "2026-09-29", ON_DEMAND),
];

/** What `what` costs in `region`; undefined where that is not known. */
export function priceOf(region: string, what: string): PriceRow | undefined {
  return PRICES.find((each) => each.what === what && (each.region === region || each.region === "every"));
}

/** Hours of a month, as AWS counts them. */
export const HOURS = 730;

/** Dollars a month for `amount` of `what` in `region`, all day; undefined where that is not known. */
export function monthlyUsd(region: string, what: string, amount = 1): number | undefined {
  const row = priceOf(region, what);
  return row && row.usd * amount * (row.per === "hour" ? HOURS : 1);
}

function instances(region: string, hourly: Readonly<Record<string, number>>): PriceRow[] {
  return Object.entries(hourly).map(([type, usd]) => row(region, type, usd, "hour", "2025", CATALOGUE));
}

function row(region: string, what: string, usd: number, per: PriceRow["per"], date: string, source: string): PriceRow {
  return { region, what, usd, per, date, source };
}
