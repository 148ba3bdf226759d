import type { Service } from "../../release/service.ts";
import type { ClaimedPorts } from "../../release/service-ports.ts";
import { type ServiceSpec, serviceSpec } from "../../release/service-spec.ts";
import type { SecretSource } from "../../values/secret-source.ts";

/** A secret as the manifest has it. */
export interface ReleasedSecret extends Omit<SecretSource, "kind"> {
  readonly from: string;
}

/** A service's spec as the manifest has it. */
export interface ReleasedSpec extends Omit<ServiceSpec, "secrets"> {
  readonly secrets: Readonly<Record<string, ReleasedSecret>>;
}

/** A service as the manifest has it. */
export interface ReleasedService extends ReleasedSpec {
  readonly name: string;
  /** 16 hexadecimal digits that change exactly when the service needs a new container; may be a reference. */
  readonly spec: string;
  readonly slots: readonly [number, number];
  readonly health: Readonly<Record<string, string | number>>;
  /** Nginx's text by which neighbours reach a service that no release served before. */
  readonly introduction: string;
}

/** Names a service's spec by its digest. */
export type SpecNaming = (spec: ReleasedSpec, name: string) => string;

/** The entry of the manifest for a service. */
export function releasedService(
  service: Service,
  { slots }: ClaimedPorts,
  introduction: string,
  specOf: SpecNaming,
): ReleasedService {
  const { name, health } = service;
  const secrets = Object.fromEntries(
    Object.entries(service.secrets).map(([key, { kind, ...rest }]) => [key, { from: kind, ...rest }]),
  );
  const spec = { ...serviceSpec(service), secrets };
  return { name, spec: specOf(spec, name), slots, health: health.toJSON(), ...spec, introduction };
}

/** What the spec of an entry of the manifest is the digest of. */
export function releasedSpec(entry: ReleasedService): ReleasedSpec {
  const { name: _, spec: __, slots: ___, health: ____, introduction: _____, ...spec } = entry;
  return spec;
}
