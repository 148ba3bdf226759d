import type { Construct } from "constructs";
import { IMAGE, requireKind } from "../docker/declared-kind.ts";
import type { IImage } from "../docker/image.ts";
import { warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError, collectErrors } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { stackOf } from "../terraform/stack-of.ts";
import { HealthCheck } from "../values/health-check.ts";
import { type OptionNames, refuseUnknownOptions } from "../values/known-options.ts";
import { parsePort } from "../values/port-mapping.ts";
import type { IHost, RunOptions } from "./host.ts";

/** What every host must know of a service, checked. */
export interface DeclaredService {
  readonly image: IImage;
  readonly port: number;
  readonly health: HealthCheck;
}

/**
 * Reads what `host.run` was given; `scope` is the service, `names` are the options that its host knows.
 *
 * @throws {ConstructError} for what no host can run, all of it together
 */
export function readService<T extends RunOptions>(
  scope: Construct,
  host: IHost,
  options: T,
  names: OptionNames<T>,
): DeclaredService {
  const { image, port, health } = options ?? {};
  const read: Partial<Record<keyof DeclaredService, unknown>> = {};
  collectErrors([
    () => atProperty(scope, "options", () => refuseUnknownOptions("service", options, names)),
    () => {
      read.image = hostedImage(scope, host, image);
      read.port = servicePort(scope, port, image.exposedPorts ?? []);
    },
    () => {
      read.health = checkedHealth(scope, health);
    },
  ]);
  return read as unknown as DeclaredService;
}

/** Why of its own stack: what another stack knows at apply gets here by its state file alone, wherever that lies. */
function hostedImage(scope: Construct, host: IHost, image: IImage): IImage {
  requireKind(scope, "image", image, IMAGE);
  const [own, other] = [stackOf(scope), stackOf(image)];
  if (own !== other) {
    const remedy = `declare it in ${own?.node.path}, or take what that stack pushed by new PulledImage with its digest`;
    const problem = `${image.node.path} is of another stack than the host ${host.node.path}: ${remedy}`;
    throw new ConstructError(scope, "image", problem);
  }
  if (image.platform && host.platform && !host.platform.runs(image.platform)) {
    const problem = `is built for ${image.platform}, but the host ${host.node.path} runs ${host.platform}: build it for ${host.platform}, or choose another host`;
    throw new ConstructError(scope, "image", problem);
  }
  return image;
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
