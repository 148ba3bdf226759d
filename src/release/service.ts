import { HealthCheck } from "../values/health-check.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { parsePort } from "../values/port-mapping.ts";
import { checkSwitch } from "../values/switch.ts";
import {
  CONTAINER_OPTIONS,
  type ContainerOptions,
  type ContainerSettings,
  containerRules,
  containerSettings,
} from "./container-options.ts";
import { serviceName } from "./service-name.ts";

/** What a host is to run as one service, every default filled in. */
export interface Service extends ContainerSettings {
  readonly name: string;
  /** The container's port. */
  readonly port: number;
  readonly health: HealthCheck;
  /** Whether it speaks gRPC. @default false */
  readonly grpc?: boolean;
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
}

export const SERVICE_OPTIONS: OptionNames<ServiceOptions> = {
  ...CONTAINER_OPTIONS,
  name: true,
  port: true,
  health: true,
  grpc: true,
};

/**
 * The rules of a service, by the option that each is about. Why the same for every host: a service moves from one host
 * to another by one line, and no rule may wait for it there.
 */
export function serviceRules(options: ServiceOptions): Readonly<Partial<Record<keyof ServiceOptions, () => void>>> {
  return {
    name: () => serviceName(options.name),
    port: () => parsePort(options.port, "service port"),
    ...containerRules(options),
    grpc: () => {
      checkSwitch("grpc", options.grpc);
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
export function withDefaults({ name, port, health = HealthCheck.tcp(), grpc, ...container }: ServiceOptions): Service {
  const { image, ...settings } = containerSettings(container);
  return { name, image, port, health, ...settings, ...(grpc === undefined ? {} : { grpc }) };
}
