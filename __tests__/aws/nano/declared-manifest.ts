import {
  type ReleaseManifest,
  type ReleaseManifestOptions,
  releaseManifest,
} from "../../../src/host-agent/release-manifest.ts";
import type { BasicAuth } from "../../../src/release/basic-auth.ts";
import { type ReleaseOptions, release } from "../../../src/release/release.ts";
import { type ServiceOptions, service } from "../../../src/release/service.ts";
import type { ClaimedPorts } from "../../../src/release/service-ports.ts";
import type { Tls } from "../../../src/release/tls.ts";
import { specDigest } from "./spec-digest.ts";

/** A service and the ports that it has on its host. */
export interface PlacedService extends ServiceOptions {
  readonly ports: ClaimedPorts;
}

/** What a nano host is told, declared in short. */
export interface DeclaredManifest
  extends Pick<ReleaseOptions, "host" | "drainSeconds" | "keepReleases" | "tasks" | "schedules">,
    Pick<ReleaseManifestOptions, "taskLedger" | "ecr" | "edge" | "logins"> {
  readonly services: readonly PlacedService[];
  /** Names and the service that each leads to. @default - none */
  readonly sites?: Readonly<Record<string, string>>;
  /** Names and where their certificates come from. @default - they are served by HTTP */
  readonly tls?: Readonly<Record<string, Tls>>;
  /** Names and who is let in. @default - everybody is */
  readonly basicAuth?: Readonly<Record<string, BasicAuth>>;
}

export function declaredManifest({
  services,
  sites = {},
  tls = {},
  basicAuth = {},
  ecr,
  logins,
  edge,
  taskLedger,
  ...rest
}: DeclaredManifest): ReleaseManifest {
  const ports = new Map(services.map(({ name, ports }) => [name, ports]));
  return releaseManifest({
    release: release({
      ...rest,
      services: services.map(({ ports: _, ...declared }) => service(declared)),
      sites: Object.entries(sites).map(([name, to]) => ({
        name,
        routes: [{ path: "/", to: { service: to } }],
        proxy: {},
        ...(tls[name] && { tls: tls[name].source }),
        ...(basicAuth[name] && { basicAuth: basicAuth[name] }),
      })),
    }),
    portsOf: (name) => ports.get(name) as ClaimedPorts,
    ecr,
    logins,
    edge,
    taskLedger,
    specOf: specDigest,
  });
}
