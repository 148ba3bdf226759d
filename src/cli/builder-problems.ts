import type { ImageBuild } from "./image-build.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Command, Tools } from "./tools.ts";

/**
 * Images that `docker buildx` is to build and that no builder here can, a line each with the remedy. Why before the
 * apply: it would find out after it has made half of the rest. Of an engine that is not the client's, nothing is known.
 */
export async function builderProblems(
  { builds, engineHost }: Pick<SynthesizedStack, "builds" | "engineHost">,
  { engine, command }: Pick<Tools, "engine" | "command">,
): Promise<string[]> {
  if (engineHost !== undefined && engineHost !== engine?.endpoint) return [];
  const problems = [];
  for (const build of builds.filter(({ buildx }) => buildx !== undefined)) {
    problems.push(await builderProblem(build, engine?.imageStore === "containerd", command));
  }
  return problems.filter((problem) => problem !== undefined);
}

async function builderProblem(
  { path, buildx }: ImageBuild,
  hasContainerdStore: boolean,
  { run }: Command,
): Promise<string | undefined> {
  const { builder, needs = "" } = buildx ?? {};
  const words = ["buildx", "inspect", ...(builder === undefined ? [] : [builder])];
  const { code, stdout, stderr } = await run("docker", words, { timeout: 30_000 });
  if (code !== 0) {
    if (/no builder/.test(stderr)) {
      return `${path} names the builder ${builder}, which is not there: docker buildx create --name ${builder}`;
    }
    return `${path} is built by docker buildx${needs === "" ? "" : ` (${needs})`}, which docker has not here: install docker-buildx-plugin, or docker-buildx on Debian and Ubuntu`;
  }
  if (needs === "" || hasContainerdStore || !/^Driver:\s*docker\s*$/m.test(stdout)) return undefined;
  return `${path} needs a builder for ${needs}, and the engine is none without the containerd image store: turn that store on, or make a builder by docker buildx create --name slipway --driver docker-container --driver-opt network=host and declare builder: "slipway"`;
}
