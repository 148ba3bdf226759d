import { createHash } from "node:crypto";
import { type RateLimit, rateLimit } from "../release/rate-limit.ts";
import { Directive } from "./directive.ts";

/** The zone of one place that has a limit. Why by its name: another site must not start its count anew. */
function zoneOf(site: string, path: string): string {
  return `rate_${createHash("sha256").update(`${site} ${path}`).digest("hex").slice(0, 8)}`;
}

/** What stands in the server  or the location that has the limit. */
export function limiting(limit: RateLimit | undefined, site: string, path: string): Directive[] {
  if (limit === undefined) return [];
  const { burst } = rateLimit(limit);
  return [
    Directive.of("limit_req", `zone=${zoneOf(site, path)}`, ...(burst === 0 ? [] : [`burst=${burst}`, "nodelay"])),
    Directive.of("limit_req_status", "429"),
  ];
}

/** A limit and the site and path, empty for all of it, that have it. */
export type LimitedPlace = readonly [site: string, path: string, limit: RateLimit | undefined];

/** The zones in which visitors are counted, by address; of 1 MiB, which holds some 8,000 visitors. */
export function rateZones(places: readonly LimitedPlace[]): Directive[] {
  return places.flatMap(([site, path, limit]) => {
    if (limit === undefined) return [];
    const zone = `zone=${zoneOf(site, path)}:1m`;
    return [Directive.of("limit_req_zone", "$binary_remote_addr", zone, `rate=${rateLimit(limit).rate}`)];
  });
}
