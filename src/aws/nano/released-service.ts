import type { SecretSource, Service, ServiceOptions } from "../../release/service.ts";
import type { ClaimedPorts } from "../../release/service-ports.ts";
import { type ServiceSpec, serviceSpec } from "../../release/service-spec.ts";

/** A service and the ports that it has on its host. */
export interface PlacedServiceOptions extends ServiceOptions {
  readonly ports: ClaimedPorts;
}

/** A secret as the manifest has it. */
export interface ReleasedSecret extends Omit<SecretSource, "kind"> {
  readonly from: string;
}

/** A service as the manifest has it. */
export interface ReleasedService extends Omit<Service, "health" | "secrets"> {
  /** 16 hexadecimal digits that change exactly when the service needs a new container; may be a reference. */
  readonly spec: string;
  readonly slots: readonly [number, number];
  readonly health: Readonly<Record<string, string | number>>;
  readonly secrets: Readonly<Record<string, ReleasedSecret>>;
  /** Nginx's text by which neighbours reach a service that no release served before. */
  readonly introduction: string;
}

/** Names a service's spec by its digest. */
export type SpecNaming = (spec: ServiceSpec<ReleasedSecret>, name: string) => string;

/** The entry of the manifest for a service. */
export function releasedService(
  service: Service,
  { slots }: ClaimedPorts,
  introduction: string,
  specOf: SpecNaming,
): ReleasedService {
  const { name, image, port, health, env, memoryMiB, stopGraceSeconds, command } = service;
  const secrets = Object.fromEntries(
    Object.entries(service.secrets).map(([key, { kind, ...rest }]) => [key, { from: kind, ...rest }]),
  );
  const spec = serviceSpec({ image, port, env, secrets, memoryMiB, stopGraceSeconds, command });
  return { name, spec: specOf(spec, name), slots, health: health.toJSON(), ...spec, introduction };
}
