import type { TrustedProxies } from "../release/trusted-proxies.ts";
import { Directive } from "./directive.ts";
import { Variable } from "./variable.ts";

/**
 * What makes a trusted proxy's word about its visitors count: their address and how they came. Why recursive: a visitor
 * may send an `X-Forwarded-For` too, to which proxies only append.
 */
export function realIp(proxies: TrustedProxies | undefined): Directive[] {
  if (proxies === undefined) return [];
  return [
    ...proxies.ranges.map((range) => Directive.of("set_real_ip_from", range)),
    Directive.of("real_ip_header", proxies.header),
    Directive.of("real_ip_recursive", "on"),
    Variable.isProxied(proxies.ranges),
    Variable.visitorProto(),
  ];
}

/** For a server of neighbours: whatever address they have, they are no proxy of visitors. */
export function noRealIp(trustsProxies: boolean): Directive[] {
  return trustsProxies ? [Directive.of("set_real_ip_from", "unix:")] : [];
}
