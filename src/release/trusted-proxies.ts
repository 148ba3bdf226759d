import { InvalidValueError } from "../values/invalid-value-error.ts";
import { IpRange } from "../values/ip-range.ts";

/**
 * Cloudflare's IPv4 ranges of 28 September 2023. Why no IPv6: hosts are reached by IPv4 alone.
 *
 * @see https://www.cloudflare.com/ips/
 */
const CLOUDFLARE: readonly string[] = [
  ...["173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18", "108.162.192.0/18"],
  ...["190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17", "162.158.0.0/15", "104.16.0.0/13"],
  ...["104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22"],
];
const MOST_RANGES = 50;

/**
 * The proxies in front of a host whose word is believed: who the visitor is, and whether they came by TLS. Why declared:
 * whoever else says the same could claim any address.
 */
export class TrustedProxies {
  /** Cloudflare: the visitor's address is in `CF-Connecting-IP`. The list is that of 28 September 2023. */
  static cloudflare(): TrustedProxies {
    return new TrustedProxies(CLOUDFLARE, "CF-Connecting-IP");
  }

  /**
   * Proxies that append to `X-Forwarded-For`, e.g. a load balancer by its subnets: the last address there that is none of
   * theirs is the visitor's.
   *
   * @param ranges in CIDR notation, or single addresses
   * @throws InvalidValueError for what is no range, or everybody's
   */
  static ranges(ranges: readonly string[]): TrustedProxies {
    const refuse = (rule: string, got: unknown): never => {
      const remedy = 'write e.g. TrustedProxies.ranges(["10.0.1.0/24"])';
      throw new InvalidValueError({ subject: "trusted proxies", rule, got, remedy });
    };
    if (!Array.isArray(ranges)) return refuse("must be a list of address ranges", ranges);
    if (ranges.length === 0 || ranges.length > MOST_RANGES) refuse(`must be 1 to ${MOST_RANGES} ranges`, ranges.length);
    const parsed = ranges.map((range) => IpRange.parse(range));
    const all = parsed.find(({ isEverything }) => isEverything);
    if (all) refuse("must not be everybody, who could then claim any address", `${all}`);
    return new TrustedProxies([...new Set(parsed.map((range) => `${range}`))].sort(), "X-Forwarded-For");
  }

  private constructor(
    readonly ranges: readonly string[],
    /** The header that says who the visitor is. */
    readonly header: "X-Forwarded-For" | "CF-Connecting-IP",
  ) {}
}
