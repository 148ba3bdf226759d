import type { Construct } from "constructs";
import type { IImage } from "../docker/image.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import type { Mounts } from "../release/mounts.ts";
import { type Service, type ServiceOptions, serviceRules, withDefaults } from "../release/service.ts";
import { warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError, checkRules } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { HealthCheck } from "../values/health-check.ts";
import { isWithin } from "../values/host-path.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { Mount } from "../values/mount.ts";
import { parsePort } from "../values/port-mapping.ts";
import { readContainer } from "./declared-container.ts";
import { type IHost, RUN_OPTIONS, type RunOptions } from "./host.ts";
import { ownServices } from "./own-services.ts";

const ON_OTHERS = [
  "a release starts in order those of its own host",
  "leave it out, and let the program try again until that answers",
] as const;

/**
 * Reads what `host.run` was given; `scope` is the service.
 *
 * @throws {ConstructError} for what no host can run, or `host` cannot, all of it together
 */
export function readService(
  scope: Construct,
  host: IHost,
  options: RunOptions,
  capabilities: HostCapabilities,
): Service {
  const { port, health, grpc, mounts, dependsOn = [], ...container } = options ?? {};
  const read: Partial<Record<keyof ServiceOptions, unknown>> = { name: scope.node.id, grpc, mounts };
  const settings = readContainer(scope, host, container, capabilities, [
    () => atProperty(scope, "options", () => refuseUnknownOptions("service", options, RUN_OPTIONS)),
    () => {
      // an image that is none is refused beside this
      if (container.image?.node !== undefined)
        read.port = servicePort(scope, port, container.image.exposedPorts ?? [], health);
    },
    () => {
      read.health = checkedHealth(scope, health);
    },
    () => requireLiteral(scope, "grpc", grpc),
    () => requireMounts(scope, host, mounts, capabilities),
    () => {
      read.dependsOn = ownServices(scope, host, "dependsOn", dependsOn, ON_OTHERS);
    },
  ]);
  const declared = { ...settings, ...read } as ServiceOptions;
  checkRules(scope, serviceRules(declared));
  warnOfVolumes(scope, container.image, mounts);
  return withDefaults(declared);
}

/** As declared, else the one that the image exposes; none where the health check does not need one. */
function servicePort(
  scope: Construct,
  declared: number | undefined,
  exposed: readonly number[],
  health: HealthCheck | undefined,
): number | undefined {
  const { kind } = health instanceof HealthCheck ? health : HealthCheck.tcp();
  const [first] = kind === "running" ? [] : exposed;
  const port = requireLiteral(scope, "port", declared) ?? (exposed.length === 1 ? first : undefined);
  if (port === undefined && (kind === "running" || (kind === "command" && first === undefined))) return undefined;
  if (port === undefined) {
    const why = first === undefined ? "exposes no port that is known" : `exposes ${exposed.join(", ")}`;
    const remedy = "say which one the service listens on; a worker has HealthCheck.command or HealthCheck.running";
    throw new ConstructError(scope, "port", `is needed: the image ${why}; ${remedy}`);
  }
  const checked = atProperty(scope, "port", () => parsePort(port, "service port"));
  if (exposed.length > 0 && !exposed.includes(checked)) {
    warn(scope, `port: is ${checked}, but the image's Dockerfile exposes ${exposed.join(", ")}`);
  }
  return checked;
}

function checkedHealth(scope: Construct, health: HealthCheck = HealthCheck.tcp()): HealthCheck {
  if (health instanceof HealthCheck) return health;
  const rule =
    'must be a health check, written HealthCheck.http("/status"), tcp(), command(["healthy"]) or running(10)';
  throw new ConstructError(scope, "health", { subject: "health", rule, got: health });
}

function requireMounts(scope: Construct, host: IHost, mounts: Mounts = {}, { volumes }: HostCapabilities): void {
  if (typeof mounts !== "object" || mounts === null || Array.isArray(mounts)) {
    const rule = 'must be mounts by path, written e.g. { "/var/lib/redis": Mount.volume("redis") }';
    throw new ConstructError(scope, "mounts", { subject: "mounts", rule, got: mounts });
  }
  for (const [path, mount] of Object.entries(mounts)) {
    const data = mount instanceof Mount ? mount.toJSON() : undefined;
    requireLiteral(scope, `mounts[${path}]`, { path, data });
    if (data?.kind !== "volume" || volumes === true) continue;
    throw new ConstructError(scope, `mounts[${path}]`, `the host ${host.node.path} keeps no volumes: ${volumes}`);
  }
}

/** Why only a warning: many an image declares a volume for what it can do without, a cache for one. */
function warnOfVolumes(scope: Construct, { declaredVolumes = [], node }: IImage, mounts: Mounts = {}): void {
  const lost = declaredVolumes.filter((path) => !Object.keys(mounts).some((each) => isWithin(path, each)));
  if (lost.length === 0) return;
  const paths = lost.join(", ");
  warn(
    scope,
    `image: ${node.path} declares VOLUME ${paths}: what the service writes there is lost with each release that replaces its container; give it mounts: { "${lost[0]}": Mount.volume(…) }, or keep it outside, e.g. in a database`,
  );
}
