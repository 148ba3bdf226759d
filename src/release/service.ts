import { HealthCheck } from "../values/health-check.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { parsePort } from "../values/port-mapping.ts";
import { sortedMap } from "../values/sorted-map.ts";
import { checkSwitch } from "../values/switch.ts";
import {
  CONTAINER_OPTIONS,
  type ContainerOptions,
  type ContainerSettings,
  containerRules,
  containerSettings,
} from "./container-options.ts";
import { checkMounts, type Mounts } from "./mounts.ts";
import { serviceName } from "./service-name.ts";

/** What a host is to run as one service, every default filled in. */
export interface Service extends ContainerSettings {
  readonly name: string;
  /** The container's port. @default - none: a worker, which nothing reaches */
  readonly port?: number;
  readonly health: HealthCheck;
  /** Whether it speaks gRPC. @default false */
  readonly grpc?: boolean;
  /** Sorted. @default - none */
  readonly mounts?: Mounts;
  /** The services that must be healthy before a new container of it starts, sorted. @default - none */
  readonly dependsOn?: readonly string[];
}

/** What {@link service} takes: a {@link Service} as a person declares it. */
export interface ServiceOptions extends Pick<Service, "name" | "port">, ContainerOptions {
  /** @default HealthCheck.tcp() */
  readonly health?: HealthCheck;
  /**
   * Whether it speaks gRPC, which is HTTP/2 without TLS (h2c), on its port; neighbours then reach it so, too. Visitors do
   * by TLS. Its health is asked by `HealthCheck.tcp()`. @default false
   */
  readonly grpc?: boolean;
  /**
   * What it sees at paths that are not of its image, e.g. `{ "/var/lib/redis": Mount.volume("redis") }`. A service with a
   * volume of its own is rolled stop-first, and its neighbours reach it by TCP, see `Mount.volume`. @default - none
   */
  readonly mounts?: Mounts;
  /** @default - none */
  readonly dependsOn?: readonly string[];
}

export const SERVICE_OPTIONS: OptionNames<ServiceOptions> = {
  ...CONTAINER_OPTIONS,
  name: true,
  port: true,
  health: true,
  grpc: true,
  mounts: true,
  dependsOn: true,
};

/**
 * The rules of a service, by the option that each is about. Why the same for every host: a service moves from one host
 * to another by one line, and no rule may wait for it there.
 */
export function serviceRules(options: ServiceOptions): Readonly<Partial<Record<keyof ServiceOptions, () => void>>> {
  return {
    name: () => serviceName(options.name),
    port: () => checkPort(options.port, options.health),
    ...containerRules(options),
    mounts: () => options.mounts === undefined || checkMounts(options.mounts),
    grpc: () => {
      checkSwitch("grpc", options.grpc);
      if (options.grpc && options.port === undefined) {
        throw new InvalidValueError({ subject: "grpc", rule: "must be of a port", got: true, remedy: "give the port" });
      }
      if (!options.grpc || options.health?.kind !== "http") return;
      const rule = "must be one of the port where the service speaks gRPC";
      throw new InvalidValueError({ subject: "health check", rule, got: "http", remedy: "write HealthCheck.tcp()" });
    },
  };
}

/** @throws InvalidValueError for the first of its {@link serviceRules} that the service breaks */
export function service(options: ServiceOptions): Service {
  for (const check of Object.values(serviceRules(options))) check();
  return withDefaults(options);
}

/** A service that breaks none of its {@link serviceRules}, every default filled in. */
export function withDefaults(options: ServiceOptions): Service {
  const { name, port, health = HealthCheck.tcp(), grpc, mounts = {}, dependsOn = [], ...container } = options;
  const { image, ...settings } = containerSettings(container);
  return {
    name,
    image,
    ...(port !== undefined && { port }),
    health,
    ...settings,
    ...(grpc === undefined ? {} : { grpc }),
    ...(Object.keys(mounts).length === 0 ? {} : { mounts: sortedMap(mounts) }),
    ...(dependsOn.length === 0 ? {} : { dependsOn: [...new Set(dependsOn)].sort() }),
  };
}

function checkPort(port: number | undefined, health = HealthCheck.tcp()): void {
  if (port === undefined && health.asksPort) {
    const remedy = "a worker has HealthCheck.command or HealthCheck.running instead";
    const rule = `must be given where the health check is ${health.kind}`;
    throw new InvalidValueError({ subject: "service port", rule, got: port, remedy });
  }
  if (port === undefined) return;
  parsePort(port, "service port");
  if (health.kind !== "running") return;
  const rule = "must be left out where the health check says only that it runs";
  throw new InvalidValueError({ subject: "service port", rule, got: port, remedy: "write HealthCheck.tcp()" });
}
