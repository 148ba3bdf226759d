import type { Construct } from "constructs";
import type { IImage } from "../docker/image.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { type Service, type ServiceOptions, serviceRules, withDefaults } from "../release/service.ts";
import { warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError, checkRules } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { HealthCheck } from "../values/health-check.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { parsePort } from "../values/port-mapping.ts";
import { readContainer, warnOfCapabilities } from "./declared-container.ts";
import { type IHost, RUN_OPTIONS, type RunOptions } from "./host.ts";

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
  const { port, health, grpc, ...container } = options ?? {};
  const read: Partial<Record<keyof ServiceOptions, unknown>> = { name: scope.node.id, grpc };
  const settings = readContainer(scope, host, container, capabilities, [
    () => atProperty(scope, "options", () => refuseUnknownOptions("service", options, RUN_OPTIONS)),
    () => {
      // an image that is none is refused beside this
      if (container.image?.node !== undefined) read.port = servicePort(scope, port, container.image.exposedPorts ?? []);
    },
    () => {
      read.health = checkedHealth(scope, health);
    },
    () => requireLiteral(scope, "grpc", grpc),
  ]);
  const declared = { ...settings, ...read } as ServiceOptions;
  checkRules(scope, serviceRules(declared));
  warnOfVolumes(scope, container.image);
  const service = withDefaults(declared);
  warnOfCapabilities(scope, service);
  return service;
}

/** As declared, else the one that the image exposes. */
function servicePort(scope: Construct, declared: number | undefined, exposed: readonly number[]): number {
  const port = requireLiteral(scope, "port", declared) ?? (exposed.length === 1 ? exposed[0] : undefined);
  if (port === undefined) {
    const why = exposed.length === 0 ? "exposes no port that is known" : `exposes ${exposed.join(", ")}`;
    throw new ConstructError(scope, "port", `is needed: the image ${why}; say which one the service listens on`);
  }
  const checked = atProperty(scope, "port", () => parsePort(port, "service port"));
  if (exposed.length > 0 && !exposed.includes(checked)) {
    warn(scope, `port: is ${checked}, but the image's Dockerfile exposes ${exposed.join(", ")}`);
  }
  return checked;
}

function checkedHealth(scope: Construct, health: HealthCheck = HealthCheck.tcp()): HealthCheck {
  if (health instanceof HealthCheck) return health;
  const rule = 'must be a health check, written HealthCheck.http("/status") or HealthCheck.tcp()';
  throw new ConstructError(scope, "health", { subject: "health", rule, got: health });
}

/** Why only a warning: many an image declares a volume for what it can do without, a cache for one. */
function warnOfVolumes(scope: Construct, { declaredVolumes = [], node }: IImage): void {
  if (declaredVolumes.length === 0) return;
  const paths = declaredVolumes.join(", ");
  warn(
    scope,
    `image: ${node.path} declares VOLUME ${paths}: what the service writes there is lost with each release that replaces its container; keep it outside, e.g. in a database`,
  );
}
