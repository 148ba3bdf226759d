import { isDefaultEndpoint } from "./engine-endpoint.cjs";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";
import { isAtLeast } from "./version-order.cjs";

/** Terraform's name for the provider of the Docker Engine. */
export const DOCKER_PROVIDER = "kreuzwerker/docker";

/** From here on the provider builds as the docker command would: by DOCKER_HOST or a context, not by its own `host`. */
const BUILDS_WHERE_THE_CLIENT_DOES = "4.5.0";
/** From here on the provider builds by buildx; before, it hands the engine a finished archive. */
const BUILDS_BY_BUILDX = "4.0.0";
/** From here on an engine with the containerd image store takes such an archive (moby pull request 49178). */
const TAKES_ARCHIVES = "27.5.0";

/**
 * What keeps Terraform's Docker provider from the engine that the stack means, one line each with the remedy. Why
 * before the apply: it builds on one engine, looks for the image on another, and says only that it cannot pull it.
 *
 * @param version of the provider, where it is known
 */
export async function dockerProviderProblems(
  { engineHost, builds }: Pick<SynthesizedStack, "engineHost" | "builds">,
  version: string | undefined,
  { engine, command }: Pick<Tools, "engine" | "command">,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  if (engine === undefined) return [];
  const context = env.DOCKER_CONTEXT;
  const overridden = context ? await contextEndpoint(context, env, { engine, command }) : undefined;
  const asked = overridden ?? engineHost ?? engine.endpoint;
  const wanted = engineHost ?? engine.endpoint;
  const remedy = `${context ? "unset DOCKER_CONTEXT; " : ""}export DOCKER_HOST=${wanted}`;
  if (overridden !== undefined && !areSame(overridden, wanted)) {
    const declared = engineHost === undefined ? "DOCKER_HOST names" : "the stack declares";
    return [
      `Terraform's Docker provider goes to ${overridden}, where DOCKER_CONTEXT=${context} leads, not to ${wanted}, which ${declared}: ${remedy}`,
    ];
  }
  const first = builds.find(({ buildx }) => buildx === undefined);
  if (version === undefined || first === undefined) return [];
  if (!areSame(asked, engine.endpoint)) {
    return isAtLeast(version, BUILDS_WHERE_THE_CLIENT_DOES)
      ? [
          `${first.path} would be built at ${engine.endpoint}, where the docker command goes, and looked for at ${asked}, which the stack declares: Terraform's Docker provider ${version} builds like the docker command: ${remedy}`,
        ]
      : [];
  }
  const archives = !isAtLeast(version, BUILDS_BY_BUILDX);
  if (archives && engine.imageStore === "containerd" && !isAtLeast(engine.version ?? "", TAKES_ARCHIVES)) {
    return [
      `${first.path} cannot be built: Docker Engine ${engine.version} with the containerd image store takes no build context from Terraform's Docker provider ${version}: let Terraform have provider ${BUILDS_BY_BUILDX} or newer (a pin or a mirror keeps it at this one), or bring the engine to ${TAKES_ARCHIVES}, or turn its containerd image store off`,
    ];
  }
  return [];
}

/** Where a context leads; the client itself goes by DOCKER_HOST where both variables are set, the provider does not. */
async function contextEndpoint(
  name: string,
  env: NodeJS.ProcessEnv,
  { engine, command }: { readonly engine: NonNullable<Tools["engine"]>; readonly command: Tools["command"] },
): Promise<string | undefined> {
  if (!env.DOCKER_HOST) return engine.endpoint;
  const words = ["context", "inspect", name, "--format", "{{.Endpoints.docker.Host}}"];
  const { code, stdout } = await command.run("docker", words, { timeout: 10_000 });
  return code === 0 ? stdout.trim() || undefined : undefined;
}

function areSame(one: string, other: string): boolean {
  return one === other || (isDefaultEndpoint(one) && isDefaultEndpoint(other));
}
