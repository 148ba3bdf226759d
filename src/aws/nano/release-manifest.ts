import { renderIntroduction } from "../../nginx/introduction.ts";
import type { EdgeOptions, NginxSite } from "../../nginx/server.ts";
import { renderSites } from "../../nginx/sites.ts";
import { healthOf } from "../../release/health-host.ts";
import { service as checkedService } from "../../release/service.ts";
import { BRIDGE_ADDRESS } from "../../release/service-ports.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { parsePort } from "../../values/port-mapping.ts";
import {
  type PlacedServiceOptions,
  type ReleasedService,
  releasedService,
  type SpecNaming,
} from "./released-service.ts";

/** What {@link releaseManifest} takes. */
export interface ReleaseManifestOptions {
  /** The host's name, `stack/host`; a host refuses the releases of others. */
  readonly host: string;
  /** Addresses of the ECR registries that it pulls from; may be references. @default - none */
  readonly ecr?: readonly string[];
  readonly services: readonly PlacedServiceOptions[];
  /** Names each service's spec by its digest: a reference where Terraform alone knows the image. */
  readonly specOf: SpecNaming;
  readonly sites: readonly NginxSite[];
  /** Where visitors come in. @default - port 80 */
  readonly edge?: EdgeOptions;
  /** Seconds that open requests get to end by themselves. @default 10 */
  readonly drainSeconds?: number;
  /** How many releases keep their images on the host. @default 3 */
  readonly keepReleases?: number;
}

/** What a host runs: the content of its release parameter. Plain data, so that a plan shows every part of it. */
export interface ReleaseManifest {
  readonly manifest: 2;
  readonly host: string;
  readonly ecr: readonly string[];
  readonly drainSeconds: number;
  readonly keepReleases: number;
  readonly sites: string;
  readonly services: readonly ReleasedService[];
}

/** Where Nginx answers which release it serves, on the instance's loopback. */
export const MARKER_PORT = 8100;

/**
 * The manifest of a release. Why Nginx's text is part of it: the host only fills in which of two ports is live, so
 * what it will serve can be read, and tried, before anything is deployed.
 *
 * @throws InvalidValueError for whatever the host would refuse
 */
export function releaseManifest(options: ReleaseManifestOptions): ReleaseManifest {
  const { host, ecr = [], sites, edge, specOf, drainSeconds = 10, keepReleases = 3 } = options;
  const placed = options.services.map(({ ports, ...declared }) => ({
    service: checkedService(declared),
    ports,
    listener: `${BRIDGE_ADDRESS}:${parsePort(ports.internal, "internal port")}`,
  }));
  const services = placed.map(({ service, ports, listener }) => ({
    name: service.name,
    slots: ports.slots,
    internalListener: listener,
  }));
  return {
    manifest: 2,
    host,
    ecr: [...new Set(ecr)].sort(),
    drainSeconds: drainTime(drainSeconds),
    keepReleases: keptReleases(keepReleases),
    sites: renderSites({ flavour: "instance", markerPort: MARKER_PORT, ...edge, services, sites }),
    services: placed.map(({ service, ports }, at) =>
      releasedService(
        { ...service, health: healthOf(service.name, service.health, sites) },
        ports,
        renderIntroduction("instance", services[at] as (typeof services)[number], sites),
        specOf,
      ),
    ),
  };
}

/** @throws InvalidValueError when `seconds` is no time that a host waits */
export function drainTime(seconds: number): number {
  return within("drain time", seconds, 0, 3600);
}

/** @throws InvalidValueError when a host cannot keep as many */
export function keptReleases(count: number): number {
  return within("number of kept releases", count, 1, 100);
}

function within(subject: string, value: number, lowest: number, highest: number): number {
  if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
  throw new InvalidValueError({ subject, rule: `must be a whole number from ${lowest} to ${highest}`, got: value });
}
