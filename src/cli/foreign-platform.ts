import { existsSync } from "node:fs";
import { Dockerfile } from "../dockerfile/dockerfile.ts";
import { Platform } from "../values/platform.ts";
import type { ImageBuild } from "./image-build.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Command, Tools } from "./tools.ts";

/** Of the machine that builds, whatever the image's platform; its steps need no emulation. */
const BUILD_PLATFORM = /^\$(?:BUILDPLATFORM|\{BUILDPLATFORM\})$/;

/** Where the kernel keeps who runs programs of other processors. */
const BINFMT = "/proc/sys/fs/binfmt_misc";

/** What QEMU calls a processor, where not as Docker does. */
const QEMU_NAMES: Readonly<Record<string, string>> = { arm64: "aarch64", amd64: "x86_64", "386": "i386" };

/**
 * Images that the engine cannot build, a line each with the remedy: their steps are programs of another processor. Why
 * before the build: what the engine says is `exec format error`, minutes later and in the middle of a step.
 */
export async function foreignPlatformProblems(
  stack: SynthesizedStack,
  { engine, command }: Pick<Tools, "engine" | "command">,
  isThere: (path: string) => boolean = existsSync,
): Promise<string[]> {
  const own = engine?.platform === undefined ? undefined : Platform.parse(engine.platform);
  if (own === undefined) return [];
  const inKernel = ({ architecture }: Platform) =>
    engine?.local === true && isThere(`${BINFMT}/qemu-${QEMU_NAMES[architecture] ?? architecture}`);
  const emulated = new Map<string | undefined, Promise<Platform[]>>();
  const problems = stack.builds.map(async (build) => {
    const foreign = build.platforms.filter((platform) => !own.runs(platform));
    if (foreign.length === 0 || !runsSteps(build)) return [];
    const builder = build.buildx?.builder;
    const byBuilder = emulated.get(builder) ?? builderPlatforms(command, builder);
    emulated.set(builder, byBuilder);
    const known = await byBuilder;
    const missing = foreign.filter((platform) => !inKernel(platform) && !known.some((each) => each.runs(platform)));
    if (missing.length === 0) return [];
    const architectures = [...new Set(missing.map(({ architecture }) => architecture))].join(",");
    return [
      `${build.path} is built for ${missing.join(", ")}, and neither the engine (${own}) nor its builder runs steps of that: docker run --privileged --rm tonistiigi/binfmt --install ${architectures} teaches the engine, docker buildx use chooses a builder that can`,
    ];
  });
  return (await Promise.all(problems)).flat();
}

/** Files alone are copied for any platform. */
function runsSteps({ dockerfile }: ImageBuild): boolean {
  // What nobody has read is not refused for what it may hold.
  if (dockerfile === undefined) return false;
  return Dockerfile.parse(dockerfile).stages.some(
    ({ from, instructions }) =>
      !BUILD_PLATFORM.test(`${from.platform ?? ""}`) && instructions.some(({ keyword }) => keyword === "RUN"),
  );
}

/** What a builder can run, natively or by binfmt; nothing where there is no buildx. */
async function builderPlatforms({ run }: Command, builder?: string): Promise<Platform[]> {
  const { code, stdout } = await run("docker", ["buildx", "inspect", ...(builder ? [builder] : [])], {
    timeout: 30_000,
  });
  if (code !== 0) return [];
  return [...stdout.matchAll(/^Platforms:\s*(.+)$/gm)]
    .flatMap(([, names = ""]) => names.split(","))
    .map((name) => name.trim().replace(/\*$/, ""))
    .flatMap((name) => {
      const [os = "", architecture = "", variant] = name.split("/");
      return /^[a-z0-9]+$/.test(architecture) ? [Platform.custom(os, architecture, variant)] : [];
    });
}
