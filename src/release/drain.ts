import { LONGEST_WAIT_SECONDS, waitSeconds } from "../values/wait-seconds.ts";
import { DEFAULT_LIMITS } from "./proxy-options.ts";
import type { Site } from "./site.ts";

const SHORTEST_DRAIN_SECONDS = 10;

/** @throws InvalidValueError when `seconds` is no time that a host waits for open requests */
export function drainTime(seconds: number): number {
  return waitSeconds("drain time", seconds);
}

/**
 * The drain of a host for which none is declared: as long as a request of its sites may be silent, so that none is cut
 * which its site allows. It ends when nobody is connected; what is declared is the most.
 */
export function usualDrain(sites: readonly Site[]): number {
  const longest = Math.max(SHORTEST_DRAIN_SECONDS, ...sites.map(longestSilence));
  return Math.min(longest, LONGEST_WAIT_SECONDS);
}

/** Seconds for which a request of `site` may be silent. */
export function longestSilence({ proxy, routes }: Site): number {
  const site = proxy.readTimeoutSeconds ?? DEFAULT_LIMITS.readTimeoutSeconds;
  return Math.max(...routes.map((route) => route.proxy?.readTimeoutSeconds ?? site), site);
}
