import type { Service } from "../../release/service.ts";
import type { ClaimedPorts } from "../../release/service-ports.ts";
import { type ServiceSpec, serviceSpec } from "../../release/service-spec.ts";
import type { HealthCheckJson } from "../../values/health-check.ts";
import { type ReleasedSecret, releasedSecrets } from "./released-secret.ts";

/** A service's spec as the manifest has it. */
export interface ReleasedSpec extends Omit<ServiceSpec, "secrets"> {
  readonly secrets: Readonly<Record<string, ReleasedSecret>>;
}

/** What the manifest has of a service with a port alone. */
export interface Reach extends Pick<ClaimedPorts, "slots"> {
  /** Nginx's text by which neighbours reach a service that no release served before. */
  readonly introduction: string;
}

/** A service as the manifest has it. */
export interface ReleasedService extends ReleasedSpec, Partial<Reach> {
  readonly name: string;
  /** 16 hexadecimal digits that change exactly when the service needs a new container; may be a reference. */
  readonly spec: string;
  readonly health: HealthCheckJson;
}

/** The entry of the manifest for a service. @param reach what it has with a port */
export function releasedService(
  service: Service,
  specOf: (spec: ReleasedSpec, name: string) => string,
  reach?: Reach,
): ReleasedService {
  const { name, health } = service;
  const spec = { ...serviceSpec(service), secrets: releasedSecrets(service.secrets) };
  const { slots, introduction } = reach ?? {};
  return {
    name,
    spec: specOf(spec, name),
    ...(slots && { slots }),
    health: health.toJSON(),
    ...spec,
    ...(introduction !== undefined && { introduction }),
  };
}

/** What the spec of an entry of the manifest is the digest of. */
export function releasedSpec(entry: ReleasedService): ReleasedSpec {
  const { name: _, spec: __, slots: ___, health: ____, introduction: _____, ...spec } = entry;
  return spec;
}
