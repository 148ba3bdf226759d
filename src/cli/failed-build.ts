import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { Dockerfile } from "../dockerfile/dockerfile.ts";
import { EngineProgress, withShortDigests } from "./engine-progress.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";

/** As much as says the reason, the Dockerfile's line included. */
const LINES = 30;
/** What the former builder says of itself. */
const DEPRECATED = /^DEPRECATED: .*\n([ \t]+\S.*\n)*/m;

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
    const file = build && fileOf(build, stack.folder);
    const words = file === undefined ? undefined : buildWords(build as Build, file);
    if (!file || !words) continue;
    // the provider's builder, which has the cache: before Docker 23 it is not the one that docker build takes, and some have it not
    const { code: lacks } = await command.run("docker", ["buildx", "version"]);
    const host = stack.engineHost === undefined ? {} : { DOCKER_HOST: stack.engineHost };
    const env = { ...process.env, DOCKER_BUILDKIT: lacks === 0 ? "1" : "0", ...host };
    await terminal.step(`build ${stack.pathOf(address)} once more, to show what it said`, async () => {
      const progress = new EngineProgress();
      const onLine = (line: string) => void progress.read(line);
      const { code, stdout, stderr } = await terminal.watching(
        () => progress.now(terminal.live ? 20 : undefined),
        () => command.run("docker", words, { cwd: stack.folder, env, onLine }),
      );
      // the former builder paints what a step says, whatever it is written to
      const plain = stripVTControlCharacters([stdout, stderr.replace(DEPRECATED, "")].join("\n"));
      const all = plain.split(/\r?\n/).filter((line) => line.trim() !== "");
      const said = [...all.slice(-LINES), ...formerLine(all, file)].map(withShortDigests);
      for (const line of code === 0 ? ["this time it went through: deploy again"] : said) terminal.note(line);
    });
  }
}

/** The Dockerfile; nothing where only Terraform knows it. */
function fileOf({ context, dockerfile }: Build, folder: string): string | undefined {
  return typeof context === "string" && typeof dockerfile === "string" ? join(folder, context, dockerfile) : undefined;
}

/** Docker's former builder counts its steps, and does not say of which line one is, as BuildKit does. */
function formerLine(said: readonly string[], file: string): string[] {
  const [, step] = said.map((line) => /^Step (\d+)\/\d+ : /.exec(line)).findLast((found) => found !== null) ?? [];
  const failed = step && Dockerfile.parse(readFileSync(file, "utf8")).instructions[Number(step) - 1];
  return failed ? [`${basename(file)}:${failed.range.start}: ${failed.source}`] : [];
}

/** The engine's own command for it; nothing where it needs what only Terraform knows, or a secret. */
function buildWords({ context, target, platform, ...build }: Build, file: string): string[] | undefined {
  const { network_mode: network, build_args: args = {}, secrets = [] } = build;
  if (secrets.length > 0) return undefined;
  const options = { target, platform, network };
  const words = [
    ...Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, String(value)])),
    ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
  ];
  const all = ["--file", file, ...words, context as string];
  return all.some((word) => word.includes("${")) ? undefined : ["build", ...all];
}
