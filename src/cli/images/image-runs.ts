import { CONSTRUCT_LABEL } from "../../values/engine-label.ts";
import { deployedStacks } from "../chosen-stack.ts";
import { type DeclaredHost, declaredHosts } from "../declared-hosts.ts";
import { tellHost } from "../host-answer.ts";
import type { StatusReport } from "../status-report.ts";
import { SynthesizedStack } from "../synthesized-stack.ts";
import type { Tools } from "../tools.ts";
import type { EngineContainer, EngineImage } from "./image-engine.ts";

/** What runs somewhere: the path of a service below its host's, and the image that it runs. */
export interface ImageRun {
  readonly path: string;
  /** As the engine there was asked for it, `repository@digest` for one. */
  readonly image: string;
  /** The image's other names there, where they are known. */
  readonly names: readonly string[];
}

/** What this machine's engine runs, of any stack. */
export function runsOnEngine(containers: readonly EngineContainer[], images: readonly EngineImage[]): ImageRun[] {
  return containers
    .filter(({ state }) => state === "running")
    .map(({ name, image, imageId, labels }) => {
      const is = images.find(({ id }) => id === imageId);
      const path = labels[CONSTRUCT_LABEL]?.replace(/\/Container$/, "") ?? name;
      return { path, image, names: [...(is?.digests ?? []), ...(is?.tags ?? [])] };
    });
}

/** What hosts elsewhere say that they run, those of stacks that are deployed from here; and what could not be asked. */
export async function runsOnHosts(
  output: string,
  stacks: readonly string[],
  tools: Tools,
): Promise<{ readonly runs: ImageRun[]; readonly notes: string[] }> {
  const deployed = new Set(deployedStacks(tools));
  const asked = stacks
    .filter((name) => deployed.has(name))
    .flatMap((name) => {
      const stack = SynthesizedStack.recall(output, name);
      return stack ? declaredHosts(stack).flatMap((host) => (isHere(host) ? [] : [{ stack, host }])) : [];
    });
  const answers = await Promise.all(
    asked.map(async (each) => {
      const { stdout, stderr } = await tellHost(each, ["status", "--json"], tools);
      try {
        const { services } = JSON.parse(stdout) as StatusReport;
        const runs = services.map(({ name, image }) => ({ path: `${each.host.path}/${name}`, image, names: [] }));
        return { runs, notes: [] };
      } catch {
        const why = stderr.trim().split("\n").at(-1) || "it did not say what it runs";
        return { runs: [], notes: [`${each.host.path} was not asked what it runs: ${why}`] };
      }
    }),
  );
  return { runs: answers.flatMap(({ runs }) => runs), notes: answers.flatMap(({ notes }) => notes) };
}

/** Whether it is on the engine that is asked anyway. */
function isHere(host: DeclaredHost): boolean {
  return host.kind === "local" && host.engine === undefined;
}
