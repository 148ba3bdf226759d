import type { Construct } from "constructs";
import { engineShapes } from "../docker/container-engine.ts";
import { IMAGE, requireKind } from "../docker/declared-kind.ts";
import { type IImage, platformsOf, sideFor } from "../docker/image.ts";
import type { ContainerOptions } from "../release/container-options.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { warn } from "../terraform/annotation.ts";
import { ConstructError, collectErrors } from "../terraform/construct-error.ts";
import { COMMAND_EXAMPLE, requireLiteral, requireTextMap, requireWordList } from "../terraform/literal.ts";
import { stackOf } from "../terraform/stack-of.ts";
import { machineWide } from "../values/capability.ts";
import { requireSecret } from "./declared-secret.ts";
import type { IHost, RunContainer } from "./host.ts";

/**
 * Reads what a container of `host` is declared to be; `scope` is what it belongs to. `checks` are about what else is
 * declared there, so that all mistakes are told together.
 *
 * @throws {ConstructError} for what no host can run, or `host` cannot
 */
export function readContainer(
  scope: Construct,
  host: IHost,
  options: RunContainer,
  capabilities: HostCapabilities,
  checks: readonly (() => void)[] = [],
): ContainerOptions {
  const { image, env = {}, secrets = {}, command, ...others } = options;
  let reference = "";
  collectErrors([
    () => {
      reference = hostedImage(scope, host, image, capabilities).reference;
    },
    ...checks,
    () => requireTextMap(scope, "env", env),
    () => requireWordList(scope, "command", command ?? [], COMMAND_EXAMPLE),
    ...engineShapes(scope, options),
    ...Object.entries(others).map(
      ([property, value]) =>
        () =>
          requireLiteral(scope, property, value),
    ),
    ...Object.entries(secrets).map(
      ([name, secret]) =>
        () =>
          requireSecret(scope, host, `secrets[${name}]`, secret, capabilities),
    ),
  ]);
  warnOfCapabilities(scope, others.capAdd);
  const sources = Object.fromEntries(Object.entries(secrets).map(([name, { source }]) => [name, source]));
  return { image: reference, env, secrets: sources, command, ...others };
}

/** Why of its own stack: what another stack knows at apply gets here by its state file alone, wherever that lies. */
function hostedImage(scope: Construct, host: IHost, image: IImage, { machineFor }: HostCapabilities): IImage {
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
    const machine = built.map((side) => machineFor?.(side)).find((found) => found !== undefined);
    const problem = `is built for ${built.join(", ")}, but the host ${host.node.path} runs ${host.platform}: ${remedy}, or ${machine ?? "choose another host"}`;
    throw new ConstructError(scope, "image", problem);
  }
  return image;
}

/** Why only a warning: what needs them must have them, and a person should know that it is then root on its machine. */
function warnOfCapabilities(scope: Construct, capAdd: readonly string[] = []): void {
  const [first] = machineWide(capAdd);
  if (first === undefined) return;
  warn(scope, `capAdd: ${first} makes the container root on its machine: add the one capability that it needs instead`);
}
