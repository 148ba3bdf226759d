import type { IRepository } from "../docker/registry.ts";
import { HTTP_PORT, TLS_PORT } from "../nginx/forwarded-header.ts";
import { type NginxTexts, textFiles } from "../nginx/nginx-texts.ts";
import { type EdgeOptions, MARKER_PORT } from "../nginx/server.ts";
import { nginxTlsSites } from "../nginx/tls.ts";
import { isStopFirst } from "../release/mounts.ts";
import type { Release } from "../release/release.ts";
import type { Service } from "../release/service.ts";
import { BRIDGE_ADDRESS, type ClaimedPorts } from "../release/service-ports.ts";
import { parsePort } from "../values/port-mapping.ts";
import { privateName } from "../values/private-name.ts";
import { sortedMap } from "../values/sorted-map.ts";
import { printedNginx } from "./printed-nginx.ts";
import type { RebootWindow } from "./reboot-window.ts";
import { type ReleasedBasicAuth, releasedBasicAuth } from "./released-basic-auth.ts";
import { type ReleasedLogin, releasedLogin, sortedLogins } from "./released-login.ts";
import type { ReleasedLogs } from "./released-logs.ts";
import { type ReleasedSchedule, releasedSchedule } from "./released-schedule.ts";
import { type ReleasedService, type ReleasedSpec, releasedService } from "./released-service.ts";
import { type ReleasedTask, type ReleasedTaskContent, releasedTask } from "./released-task.ts";
import { type ReleasedTls, releasedTls } from "./released-tls.ts";

/** What {@link releaseManifest} takes. */
export interface ReleaseManifestOptions {
  readonly release: Release;
  /** The ports of a service, by its name. */
  readonly portsOf: (service: string) => ClaimedPorts;
  /** Addresses of the ECR registries that it pulls from; may be references. @default - none */
  readonly ecr?: readonly string[];
  /** May be a reference. @default - the host has none */
  readonly dataVolume?: string;
  /** Of its images, for the logins of those that want one, and for where signatures are asked for. @default - none */
  readonly repositories?: readonly IRepository[];
  /** Names the spec of each service and task by its digest: a reference where Terraform alone knows the image. */
  readonly specOf: (spec: ReleasedSpec | ReleasedTaskContent, name: string) => string;
  /** The parameter that keeps which tasks have run; needed where there are tasks. */
  readonly taskLedger?: string;
  /** Whether no rollback may go past it. @default false */
  readonly irreversible?: boolean;
  /** The namespace in CloudWatch where it says how full it is. @default - it says it nowhere */
  readonly metrics?: string;
  /** When it may reboot by itself. @default - never */
  readonly reboot?: RebootWindow;
  /** Where what its containers write is sent. @default - nowhere: it stays on the host */
  readonly logs?: ReleasedLogs;
  /** Where Nginx asks for the names of addresses that sites lead to. @default "127.0.0.53", as Ubuntu has it */
  readonly resolver?: string;
  /** The hosted zone by whose records the host shows that its names are its own; may be a reference. @default - by HTTP */
  readonly challengeZone?: string;
  /** Where visitors come in. @default - port 80 */
  readonly edge?: EdgeOptions;
}

/** What a host runs: the content of its release parameter. Plain data, so that a plan shows every part of it. */
export interface ReleaseManifest {
  readonly manifest: 3;
  readonly host: string;
  readonly ecr: readonly string[];
  readonly drainSeconds: number;
  readonly keepReleases: number;
  /** The id of the host's data volume. @default - it has none */
  readonly dataVolume?: string;
  /** Whether no rollback may go past it. @default false */
  readonly irreversible?: true;
  /** The namespace of the metrics that it puts. @default - it puts none */
  readonly metrics?: string;
  /** When it may reboot by itself, in UTC. @default - never */
  readonly reboot?: RebootWindow;
  readonly sites: string;
  /** The names with TLS. @default - none */
  readonly tls?: readonly ReleasedTls[];
  /** The sites that let in those alone who know a password. @default - none */
  readonly basicAuth?: readonly ReleasedBasicAuth[];
  /** @default - none: the host pulls from ECR by its role, from elsewhere what everybody may */
  readonly logins?: readonly ReleasedLogin[];
  /** What its images must be signed by, and where registries are asked for that. @default - nothing */
  readonly signatures?: { readonly keys: readonly string[]; readonly endpoints: Readonly<Record<string, string>> };
  readonly services: readonly ReleasedService[];
  /** In the order in which they run. @default - none */
  readonly tasks?: readonly ReleasedTask[];
  readonly taskLedger?: string;
  /** @default - none */
  readonly schedules?: readonly ReleasedSchedule[];
}

/** Where the agent keeps certificates. */
const FOLDERS = { certificates: "/var/lib/slipway/tls", passwords: "/run/slipway-htpasswd" };

/**
 * The manifest of a release. Why Nginx's text is part of it: the host only fills in which of two ports is live, so
 * what it will serve can be read, and tried, before anything is deployed.
 *
 * @throws InvalidValueError for what Nginx would refuse
 */
export function releaseManifest(options: ReleaseManifestOptions): ReleaseManifest {
  const { release, dataVolume, portsOf, ecr = [], repositories = [], edge, logs, reboot, specOf, taskLedger } = options;
  const sites = nginxTlsSites(release.sites, FOLDERS);
  const { trustedProxies, fronts = [], tasks, schedules } = release;
  const reached = new Set(fronts.flatMap((front) => front.services));
  const services = release.services.filter(hasPort).map(({ name, grpc }) => {
    const { slots, internal, front } = portsOf(name);
    const internalListener = `${BRIDGE_ADDRESS}:${parsePort(internal, "internal port")}`;
    return { name, slots, grpc, internalListener, ...(reached.has(name) && { frontListener: front }) };
  });
  const named = { services, sites, trustedProxies, fronts };
  const printed = printedNginx({
    flavour: "instance",
    markerPort: MARKER_PORT,
    ...(options.resolver !== undefined && { resolver: options.resolver }),
    ...edge,
    ...named,
  });
  const tls = releasedTls(release.sites, printed.tls, options.challengeZone);
  const basicAuth = releasedBasicAuth(release.sites);
  const logins = repositories.flatMap((repository) => releasedLogin(repository) ?? []);
  return {
    manifest: 3,
    host: release.host,
    ecr: [...new Set(ecr)].sort(),
    drainSeconds: release.drainSeconds,
    keepReleases: release.keepReleases,
    ...(dataVolume === undefined ? {} : { dataVolume }),
    ...(options.irreversible ? { irreversible: true } : {}),
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    ...(reboot && { reboot: { from: reboot.from, to: reboot.to } }),
    sites: printed.sites,
    ...(tls.length === 0 ? {} : { tls }),
    ...(basicAuth.length === 0 ? {} : { basicAuth }),
    ...(logins.length === 0 ? {} : { logins: sortedLogins(logins) }),
    ...(release.requireSignature && {
      signatures: { keys: release.requireSignature, endpoints: endpointsOf(repositories) },
    }),
    services: release.services.map((service) => {
      const served = services.find(({ name }) => name === service.name);
      if (served === undefined) return releasedService(service, specOf, { logs });
      const introduction = printed.introductions.get(service.name);
      const direct = isStopFirst(service) ? `${BRIDGE_ADDRESS}:${portsOf(service.name).direct}` : undefined;
      return releasedService(service, specOf, { logs, slots: served.slots, direct, introduction });
    }),
    ...(tasks && { tasks: tasks.map((task) => releasedTask(task, specOf, logs)), taskLedger }),
    ...(schedules && { schedules: schedules.map((schedule) => releasedSchedule(schedule, logs)) }),
  };
}

/** Nginx's texts of the manifest of `host`, for readers of a declaration. */
export function nginxTexts(host: string, { sites, tls }: ReleaseManifest): NginxTexts {
  const ports = { publicPort: HTTP_PORT, publicTlsPort: tls && TLS_PORT };
  return { files: textFiles(sites, tls), ...ports, reachedAs: privateName(host) };
}

/** Where registries are asked, by the address that the references of images begin with. */
function endpointsOf(repositories: readonly IRepository[]): Record<string, string> {
  return sortedMap(Object.fromEntries(repositories.map(({ registry: { address, endpoint } }) => [address, endpoint])));
}

function hasPort({ port }: Service): boolean {
  return port !== undefined;
}
