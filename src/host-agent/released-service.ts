import type { Mounts } from "../release/mounts.ts";
import type { Service } from "../release/service.ts";
import type { ClaimedPorts } from "../release/service-ports.ts";
import { type ServiceSpec, serviceSpec } from "../release/service-spec.ts";
import type { HealthCheckJson } from "../values/health-check.ts";
import type { MountData } from "../values/mount.ts";
import type { ReleasedLogs } from "./released-logs.ts";
import { type ReleasedSecret, releasedSecrets } from "./released-secret.ts";

/** A service's spec as the manifest has it. */
export interface ReleasedSpec extends Omit<ServiceSpec, "secrets" | "mounts"> {
  readonly secrets: Readonly<Record<string, ReleasedSecret>>;
  /** @default - none */
  readonly mounts?: Readonly<Record<string, MountData>>;
  /** @default - what it writes stays on the host */
  readonly logs?: ReleasedLogs;
}

/** What the manifest has of a service with a port alone. */
export interface Reach extends Pick<ClaimedPorts, "slots"> {
  /** `address:port` where neighbours reach it by TCP, where one container of it at a time may run. @default - by Nginx alone */
  readonly direct?: string;
  /** Nginx's text by which neighbours reach a service that no release served before. */
  readonly introduction: string;
}

/** A service as the manifest has it. */
export interface ReleasedService extends ReleasedSpec, Partial<Reach> {
  readonly name: string;
  /** 16 hexadecimal digits that change exactly when the service needs a new container; may be a reference. */
  readonly spec: string;
  readonly health: HealthCheckJson;
  /** @default - none */
  readonly dependsOn?: readonly string[];
}

/** The entry of the manifest for a service. @param place what it has with a port, and where its logs are sent */
export function releasedService(
  service: Service,
  specOf: (spec: ReleasedSpec, name: string) => string,
  { logs, slots, direct, introduction }: Partial<Reach> & Pick<ReleasedSpec, "logs"> = {},
): ReleasedService {
  const { name, health, dependsOn } = service;
  const { mounts, ...settings } = serviceSpec(service);
  const spec = {
    ...settings,
    secrets: releasedSecrets(service.secrets),
    ...(mounts && { mounts: mountData(mounts) }),
    ...(logs && { logs }),
  };
  return {
    name,
    spec: specOf(spec, name),
    ...(slots && { slots }),
    ...(direct !== undefined && { direct }),
    health: health.toJSON(),
    ...(dependsOn && { dependsOn }),
    ...spec,
    ...(introduction !== undefined && { introduction }),
  };
}

/** What the spec of an entry of the manifest is the digest of. */
export function releasedSpec(entry: ReleasedService): ReleasedSpec {
  const { name: _, spec: __, slots: ___, health: ____, introduction: _____, direct: ______, ...others } = entry;
  const { dependsOn: _______, ...spec } = others;
  return spec;
}

function mountData(mounts: Mounts): Record<string, MountData> {
  return Object.fromEntries(Object.entries(mounts).map(([path, mount]) => [path, mount.toJSON()]));
}
