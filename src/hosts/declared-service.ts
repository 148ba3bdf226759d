import type { Construct } from "constructs";
import { IMAGE, requireKind } from "../docker/declared-kind.ts";
import { type IImage, platformsOf, sideFor } from "../docker/image.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { type Service, type ServiceOptions, serviceRules, withDefaults } from "../release/service.ts";
import { warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError, checkRules, collectErrors } from "../terraform/construct-error.ts";
import { COMMAND_EXAMPLE, requireLiteral, requireTextMap, requireWordList } from "../terraform/literal.ts";
import { stackOf } from "../terraform/stack-of.ts";
import { HealthCheck } from "../values/health-check.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { parsePort } from "../values/port-mapping.ts";
import { type IHost, type ISecret, RUN_OPTIONS, type RunOptions } from "./host.ts";

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
  const { image, port, health, env = {}, secrets = {}, command, ...others } = options ?? {};
  const read: Partial<Record<keyof ServiceOptions, unknown>> = { env, command, ...others };
  collectErrors([
    () => atProperty(scope, "options", () => refuseUnknownOptions("service", options, RUN_OPTIONS)),
    () => {
      read.image = hostedImage(scope, host, image).reference;
      read.port = servicePort(scope, port, image.exposedPorts ?? []);
    },
    () => {
      read.health = checkedHealth(scope, health);
    },
    () => requireTextMap(scope, "env", env),
    () => requireWordList(scope, "command", command ?? [], COMMAND_EXAMPLE),
    ...Object.entries(others).map(
      ([property, value]) =>
        () =>
          requireLiteral(scope, property, value),
    ),
    ...Object.entries(secrets).map(
      ([name, secret]) =>
        () =>
          checkSecret(scope, host, name, secret, capabilities),
    ),
  ]);
  const sources = Object.fromEntries(Object.entries(secrets).map(([name, { source }]) => [name, source]));
  const declared = { ...read, name: scope.node.id, secrets: sources } as ServiceOptions;
  checkRules(scope, serviceRules(declared));
  warnOfVolumes(scope, image);
  return withDefaults(declared);
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
  const built = platformsOf(image);
  if (host.platform && built.length > 0 && !sideFor(host.platform, image)) {
    const remedy = built.length > 1 ? `add ${host.platform} to its platforms` : `build it for ${host.platform}`;
    const problem = `is built for ${built.join(", ")}, but the host ${host.node.path} runs ${host.platform}: ${remedy}, or choose another host`;
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

/** Why only a warning: many an image declares a volume for what it can do without, a cache for one. */
function warnOfVolumes(scope: Construct, { declaredVolumes = [], node }: IImage): void {
  if (declaredVolumes.length === 0) return;
  const paths = declaredVolumes.join(", ");
  warn(
    scope,
    `image: ${node.path} declares VOLUME ${paths}: what the service writes there is lost with each release that replaces its container; keep it outside, e.g. in a database`,
  );
}

/** The message has not what was given: whoever takes this for the place of the secret itself gave it. */
function checkSecret(
  scope: Construct,
  host: IHost,
  name: string,
  secret: ISecret,
  { secrets: kinds }: HostCapabilities,
): void {
  const property = `secrets[${name}]`;
  const written = Object.values(kinds).join(" or ");
  if (written === "") {
    throw new ConstructError(
      scope,
      property,
      `the host ${host.node.path} reads no secrets: run the service on one that does`,
    );
  }
  const kind = (secret as Partial<ISecret> | null | undefined)?.source?.kind;
  if (kind === undefined) {
    throw new ConstructError(scope, property, `must be a Secret, got ${typeof secret}: write ${written} with its name`);
  }
  if (!Object.hasOwn(kinds, kind)) {
    const problem = `is of the kind ${kind}, which the host ${host.node.path} does not read: write ${written}`;
    throw new ConstructError(scope, property, problem);
  }
}
