import { join } from "node:path";
import { EngineProgress } from "./engine-progress.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";

/** As much as says the reason, the Dockerfile's line included. */
const LINES = 30;

interface Build {
  readonly context?: unknown;
  readonly dockerfile?: unknown;
  readonly target?: unknown;
  readonly platform?: unknown;
  readonly network_mode?: unknown;
  readonly build_args?: Readonly<Record<string, unknown>>;
  /** CDKTF writes an empty list where there is none. */
  readonly secrets?: readonly unknown[];
}

/**
 * Shows what a build said that the provider ran and that failed: the provider passes on that a step ended with 1 and
 * nothing of why. So the engine is asked once more, which has the steps before in its cache.
 */
export async function showFailedBuilds(
  stack: Pick<SynthesizedStack, "block" | "pathOf" | "folder" | "engineHost">,
  failed: readonly string[],
  { terminal, command }: Pick<Tools, "terminal" | "command">,
): Promise<void> {
  for (const address of failed.filter((each) => each.startsWith("docker_image."))) {
    const [build] = [stack.block(address)?.build].flat() as (Build | undefined)[];
    const words = build && buildWords(build, stack.folder);
    if (!words) continue;
    const host = stack.engineHost === undefined ? {} : { DOCKER_HOST: stack.engineHost };
    // the provider's builder, which has the cache: before Docker 23 it is not the one that docker build takes
    const env = { ...process.env, DOCKER_BUILDKIT: "1", ...host };
    await terminal.step(`build ${stack.pathOf(address)} once more, to show what it said`, async () => {
      const progress = new EngineProgress();
      const onLine = (line: string) => void progress.read(line);
      const { code, stdout, stderr } = await terminal.watching(
        () => progress.now(terminal.live ? 20 : undefined),
        () => command.run("docker", words, { cwd: stack.folder, env, onLine }),
      );
      const said = [stdout, stderr]
        .flatMap((text) => text.trim().split("\n"))
        .filter(Boolean)
        .slice(-LINES);
      for (const line of code === 0 ? ["this time it went through: deploy again"] : said) terminal.note(line);
    });
  }
}

/** The engine's own command for it; nothing where it needs what only Terraform knows, or a secret. */
function buildWords({ context, dockerfile, target, platform, ...build }: Build, folder: string): string[] | undefined {
  const { network_mode: network, build_args: args = {}, secrets = [] } = build;
  if (typeof context !== "string" || typeof dockerfile !== "string" || secrets.length > 0) return undefined;
  const options = { target, platform, network };
  const words = [
    ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)])),
    ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
  ];
  if ([context, ...words].some((word) => word.includes("${"))) return undefined;
  return ["build", "--file", join(folder, context, dockerfile), ...words, context];
}
