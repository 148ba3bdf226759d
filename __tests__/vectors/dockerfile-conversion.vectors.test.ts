import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import { DockerfileError } from "../../src/dockerfile/dockerfile-error.ts";
import { Platform } from "../../src/values/platform.ts";

interface Case {
  readonly name: string;
  readonly dockerfile: string;
  readonly args?: Record<string, string>;
  readonly target?: string;
  readonly accepts: boolean;
  readonly reason?: string;
  readonly user?: string;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly ports?: readonly string[];
  readonly images?: readonly string[];
  readonly files?: readonly string[];
}

function cases(): Case[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds dockerfile/conversion.json");
  return JSON.parse(readFileSync(join(folder, "dockerfile/conversion.json"), "utf8")) as Case[];
}

/** What the file makes of itself, in the words of the vectors. */
function answer({ dockerfile, args, target }: Case): Omit<Case, "name" | "dockerfile"> {
  try {
    const file = Dockerfile.parse(dockerfile, { buildArgs: args ?? {}, platform: Platform.LINUX_AMD64 });
    const [error] = file.lint({ ...(target ? { target } : {}) }).filter(({ severity }) => severity === "error");
    if (error) return { accepts: false, reason: error.why };
    const { stage, images, files } = file.build(target);
    return {
      accepts: true,
      user: stage.user,
      entrypoint: stage.entrypoint,
      cmd: stage.cmd,
      ports: stage.exposedPorts.map(({ port, protocol }) => `${port}/${protocol}`),
      images: images.map(({ reference }) => reference?.pullName ?? ""),
      files,
    };
  } catch (error) {
    if (error instanceof DockerfileError) return { accepts: false, reason: error.message };
    throw error;
  }
}

const sorted = (texts: readonly string[] = []) => [...new Set(texts)].sort();

function differs(expected: Case, { accepts, ...ours }: ReturnType<typeof answer>): boolean {
  if (expected.accepts !== accepts) return true;
  if (!accepts) return false;
  const { user, entrypoint, cmd, ports, images, files } = expected;
  const theirs = [user, entrypoint, cmd, sorted(ports), sorted(images), sorted(files)];
  const own = [ours.user, ours.entrypoint, ours.cmd, sorted(ours.ports), sorted(ours.images), sorted(ours.files)];
  return JSON.stringify(theirs) !== JSON.stringify(own);
}

it("a build comes to what BuildKit's conversion makes of the file", () => {
  const all = cases();
  const wrong = all.filter((it) => differs(it, answer(it))).map((it) => [it, answer(it)]);
  const accepted = all.filter(({ accepts }) => accepts).length;
  process.stdout.write(
    `dockerfile: ${all.length} conversions compared (${accepted} accepted, ${all.length - accepted} refused)\n`,
  );
  expect(all.length).toBeGreaterThan(700);
  expect(wrong).toEqual([]);
});
