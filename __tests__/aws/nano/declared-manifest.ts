import type { IRepository } from "../../../src/docker/registry.ts";
import {
  type ReleaseManifest,
  type ReleaseManifestOptions,
  releaseManifest,
} from "../../../src/host-agent/release-manifest.ts";
import type { ReleasedLogin } from "../../../src/host-agent/released-login.ts";
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
  extends Pick<ReleaseOptions, "host" | "drainSeconds" | "keepReleases" | "requireSignature" | "tasks" | "schedules">,
    Pick<ReleaseManifestOptions, "taskLedger" | "ecr" | "edge" | "repositories"> {
  /** @default - none */
  readonly logins?: readonly ReleasedLogin[];
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
  logins = [],
  repositories = [],
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
    repositories: [...repositories, ...logins.map(privateRepository)],
    edge,
    taskLedger,
    specOf: specDigest,
  });
}

/** The repository that a host has this login for. */
function privateRepository({ repository: uri, registry: address, username, password }: ReleasedLogin): IRepository {
  const { from: kind, ...source } = password;
  const pullAccess = { kind: "secret", address, username, password: { source: { kind, ...source } } };
  return { uri, pullAccess, registry: { address, endpoint: `https://${address}` } } as IRepository;
}
