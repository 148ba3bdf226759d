import { InvalidValueError } from "../values/invalid-value-error.ts";
import { declaredOnce } from "./declared-once.ts";
import { drainTime, usualDrain } from "./drain.ts";
import type { Front } from "./front.ts";
import { refuseMixedProtocols } from "./grpc-routes.ts";
import { healthOf } from "./health-host.ts";
import { declaredVolumes } from "./mounts.ts";
import { refuseRedirectLoops } from "./redirect-loop.ts";
import type { Schedule } from "./schedule.ts";
import type { Service } from "./service.ts";
import { refuseRoute, refuseRouteToWorker, type Site, servicesOf } from "./site.ts";
import { refuseDefaultSites, refuseSharedNames } from "./site-names.ts";
import { checkSiteTls } from "./site-tls.ts";
import { refuseImpossibleOrder } from "./start-order.ts";
import { refuseUnknownBefore, type Task } from "./task.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";

/**
 * What a host serves, as plain data. Why a value: every kind of host is told the same, so that two declarations can be
 * compared, a test can read what a host will be told, and a new kind of host is only a new reader.
 */
export interface Release {
  /** The host's name, `stack/host`. */
  readonly host: string;
  readonly services: readonly Service[];
  readonly sites: readonly Site[];
  /** Seconds that open requests get to end by themselves. */
  readonly drainSeconds: number;
  /** How many releases keep their images on the host. */
  readonly keepReleases: number;
  /** Proxies in front of it, whose word about visitors is believed. @default - none */
  readonly trustedProxies?: TrustedProxies;
  /** Hosts in front, whose sites lead here. @default - none */
  readonly fronts?: readonly Front[];
  /** Public keys, PEM: each image must be signed by one of them. @default - none need be signed */
  readonly requireSignature?: readonly string[];
  /** What runs to its end before it, in this order. @default - nothing */
  readonly tasks?: readonly Task[];
  /** What runs again and again, sorted by name. @default - nothing */
  readonly schedules?: readonly Schedule[];
}

/** What {@link release} takes. */
export interface ReleaseOptions
  extends Pick<
    Release,
    "host" | "services" | "sites" | "trustedProxies" | "fronts" | "requireSignature" | "tasks" | "schedules"
  > {
  /** @default - as long as a request of its sites may be silent, 10 at least */
  readonly drainSeconds?: number;
  /** @default 3 */
  readonly keepReleases?: number;
}

const DEFAULT_KEPT_RELEASES = 3;
const MOST_KEPT_RELEASES = 100;

/**
 * The release of `services` and `sites`, each service's health asked by the name of a site that leads to it, here or on a
 * host in front.
 *
 * @throws InvalidValueError for a service or a name declared twice, services that depend on each other, a route to a service that is none of them, redirects in
 * a circle, a site that cannot have its certificates, a drain or a number of kept releases that no host has
 */
export function release(options: ReleaseOptions): Release {
  const { host, services, sites, fronts = [], tasks = [], schedules = [] } = options;
  const visited = [...sites, ...fronts.flatMap((front) => front.sites)];
  const known = declaredOnce("service name", services, ({ name }) => name);
  declaredOnce("name", [...services, ...tasks, ...schedules], ({ name }) => name);
  for (const task of tasks) refuseUnknownBefore(task, known);
  refuseImpossibleOrder(known);
  refuseSharedNames(sites);
  refuseDefaultSites(sites);
  for (const site of sites) checkSiteTls(site);
  const stranger = sites.flatMap(servicesOf).find((name) => !known.has(name));
  if (stranger !== undefined) refuseRoute(stranger, known.keys());
  const worker = sites.flatMap(servicesOf).find((name) => known.get(name)?.port === undefined);
  if (worker !== undefined) refuseRouteToWorker(worker);
  refuseRedirectLoops(sites);
  refuseMixedProtocols(services, sites);
  declaredVolumes(services);
  return {
    host,
    services: services.map((service) => ({ ...service, health: healthOf(service.name, service.health, visited) })),
    sites,
    drainSeconds: drainTime(options.drainSeconds ?? usualDrain(visited)),
    keepReleases: keptReleases(options.keepReleases ?? DEFAULT_KEPT_RELEASES),
    ...(options.trustedProxies === undefined ? {} : { trustedProxies: options.trustedProxies }),
    ...(fronts.length === 0 ? {} : { fronts }),
    ...(options.requireSignature === undefined ? {} : { requireSignature: options.requireSignature }),
    ...(tasks.length === 0 ? {} : { tasks }),
    ...(schedules.length === 0 ? {} : { schedules }),
  };
}

/** @throws InvalidValueError when a host cannot keep as many */
export function keptReleases(count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_KEPT_RELEASES) return count;
  const rule = `must be a whole number from 1 to ${MOST_KEPT_RELEASES}`;
  throw new InvalidValueError({ subject: "number of kept releases", rule, got: count });
}
