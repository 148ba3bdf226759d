import type { Construct } from "constructs";
import type { TrustedProxies } from "../../release/trusted-proxies.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { IpRange } from "../../values/ip-range.ts";
import { checkResourceId, SECURITY_GROUP } from "../resource-id.ts";
import { EVERYWHERE } from "./outbound-rule.ts";

/** Whom a host's firewall lets in to its sites. */
export type OpenTo = "everybody" | "trusted-proxies" | { readonly securityGroupId: string };

/** The source of a rule of the firewall, and what its construct is called after; the usual one has no name. */
export interface Visitors {
  readonly id?: string;
  readonly cidrIpv4?: string;
  readonly referencedSecurityGroupId?: string;
}

/** EC2 takes 60 rules a group and direction, and two ports may be open. */
const MOST_RANGES = 25;

/** @throws {ConstructError} for nobody that a firewall knows */
export function checkOpenTo(scope: Construct, openTo: OpenTo | undefined, proxies: TrustedProxies | undefined): void {
  if (openTo === undefined || openTo === "everybody") return;
  if (openTo === "trusted-proxies") {
    const { length } = proxies === undefined ? [] : ipv4RangesOf(proxies);
    if (length > 0 && length <= MOST_RANGES) return;
    const problem = `is trusted-proxies, of which there must be 1 to ${MOST_RANGES} IPv4 ranges, got ${length}: declare trustedProxies`;
    throw new ConstructError(scope, "openTo", problem);
  }
  if (typeof openTo !== "object" || openTo === null) {
    const rule = 'must be "everybody", "trusted-proxies" or { securityGroupId: "sg-…" }';
    throw new ConstructError(scope, "openTo", { subject: "openTo", rule, got: openTo });
  }
  knownProps(scope, openTo, { securityGroupId: true }, "openTo");
  checkResourceId(scope, "openTo", openTo.securityGroupId, SECURITY_GROUP);
}

/** The sources that the firewall's rules have. */
export function visitorsOf(openTo: OpenTo = "everybody", proxies?: TrustedProxies): Visitors[] {
  if (openTo === "everybody") return [{ cidrIpv4: EVERYWHERE }];
  if (openTo !== "trusted-proxies") return [{ id: "group", referencedSecurityGroupId: openTo.securityGroupId }];
  const ranges = proxies === undefined ? [] : ipv4RangesOf(proxies);
  return ranges.map((cidrIpv4) => ({ id: cidrIpv4.replace(/[./]/g, "-"), cidrIpv4 }));
}

function ipv4RangesOf({ ranges }: TrustedProxies): string[] {
  return ranges.map((range) => IpRange.parse(range)).flatMap(({ isIPv4, cidr }) => (isIPv4 ? [cidr] : []));
}
