import { refuseUnknownOptions } from "../values/known-options.ts";
import { Platform } from "../values/platform.ts";
import { type Build, planBuild } from "./conversion/build.ts";
import { type BuildPlatforms, predefinedVariables } from "./conversion/predefined.ts";
import { DockerfileError } from "./dockerfile-error.ts";
import type { BaseImage, ExposedPort, ExternalImage } from "./image-config.ts";
import type { Healthcheck } from "./instructions/instruction.ts";
import { type Finding, type LintOptions, lint } from "./lint/lint.ts";
import { argumentsOf, type BuildArgument, type SecretUse, type Stage } from "./stage.ts";
import { readStages, type StageList } from "./stage-reader.ts";
import { readStatements, type Statement } from "./statement.ts";
import type { Directives } from "./syntax/directives.ts";
import type { DockerfileWriter } from "./writer/dockerfile-writer.ts";
import type { FromOptions } from "./writer/from-options.ts";
import type { Preamble } from "./writer/preamble.ts";
import type { Text } from "./writer/text.ts";

/** What is known about the build besides the file. */
export interface ParseOptions {
  /** Values for ARG, as the build will be given them. @default - the file's own defaults */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** The platform that is built for, e.g. `linux/arm64`. @default - not known, and what hangs on it is not judged */
  readonly platform?: Platform | string;
  /** The platform of the builder, `unknown` where nobody can tell. @default - that of `platform`, as BuildKit has it */
  readonly buildPlatform?: Platform | string;
}

/**
 * A Dockerfile, read as BuildKit reads it. Why not a string: what the image listens on, runs as and builds upon decides
 * what is declared around it, and a file that the builder refuses is better refused before anything is planned.
 */
export class Dockerfile {
  /** @throws {DockerfileError} where BuildKit refuses `text`, with the line and the reason */
  static parse(text: string, options: ParseOptions = {}): Dockerfile {
    refuseUnknownOptions("Dockerfile", options, { buildArgs: true, platform: true, buildPlatform: true });
    const { buildArgs = {}, platform, buildPlatform = platform } = options;
    const target = readPlatform(platform);
    const build = buildPlatform === "unknown" ? undefined : readPlatform(buildPlatform);
    const { directives, statements } = readStatements(text);
    return new Dockerfile(text, directives, statements, { buildArgs, platforms: { target, build } });
  }

  /**
   * Writes a file from typed instructions, its first stage upon `image`; end with `toDockerfile()`.
   * @throws {DockerfileError} for a name that no image has
   */
  static from(image: string, options: FromOptions = {}): DockerfileWriter<Dockerfile> {
    return Dockerfile.preamble().from(image, options);
  }

  /** Writes a file that starts with directives, or with build arguments for its FROM. */
  static preamble(directives: Directives = {}): Preamble<Dockerfile> {
    refuseUnknownOptions("Dockerfile preamble", directives, { syntax: true, escape: true, check: true });
    return writerModule().Preamble.start(directives, (text) => Dockerfile.parse(text));
  }

  /** Text for the writer that means exactly what it says, dollar signs too. */
  static literal(text: string): Text {
    return textModule().Text.literal(text);
  }

  /** Text for the writer in which the builder replaces `$name` and `${name}`. */
  static expand(text: string): Text {
    return textModule().Text.expand(text);
  }

  private readonly readings = new Map<string, StageList>();
  private readonly builds = new Map<Stage, Build>();

  private constructor(
    readonly text: string,
    readonly directives: Directives,
    /** Every instruction in the order of the file, each with its lines. */
    readonly instructions: readonly Statement[],
    private readonly known: {
      readonly buildArgs: Readonly<Record<string, string>>;
      readonly platforms: BuildPlatforms;
    },
  ) {}

  get stages(): readonly Stage[] {
    return this.readFor().stages;
  }

  /** The stage called `target`, in any letter case. @default - the last one */
  stage(target?: string): Stage {
    const found =
      target === undefined
        ? this.stages.at(-1)
        : this.readFor(target).stages.findLast(
            (stage) => stage.name !== undefined && stage.name === target.toLowerCase(),
          );
    if (found) return found;
    const names = this.stages.flatMap(({ name }) => name ?? []);
    const remedy = names.length > 0 ? `use one of ${names.join(", ")}` : "name one with FROM … AS";
    const line = this.instructions.at(-1)?.range.end ?? 1;
    throw new DockerfileError({ line, reason: "has no stage of this name", got: target, remedy });
  }

  /**
   * What BuildKit makes of the file when it builds the stage called `target`: why that fails, and what it asks for.
   * @default - the last stage
   */
  build(target?: string): Build {
    const stage = this.stage(target);
    const known = this.builds.get(stage);
    if (known) return known;
    const { text, instructions, directives } = this;
    const escapeMark = directives.escape ?? "\\";
    const build = planBuild({ text, instructions, escapeMark, ...this.readFor(target) }, stage);
    this.builds.set(stage, build);
    return build;
  }

  /** What each stage starts from, in order. */
  get baseImages(): readonly BaseImage[] {
    return this.stages.map(({ base }) => base);
  }

  /** The images that a build needs: those that stages start from, and those that files are taken from. */
  get images(): readonly ExternalImage[] {
    const images = this.stages.flatMap((stage) => {
      const base = stage.base.kind === "image" ? [stage.base] : [];
      return [...base, ...stage.imageSources(this.stages)];
    });
    return images.sort((a, b) => a.line - b.line);
  }

  /** Every ARG, those before the first FROM included. */
  get buildArgs(): readonly BuildArgument[] {
    return this.instructions.flatMap((it) => (it.keyword === "ARG" ? argumentsOf(it) : []));
  }

  /** Every build secret that a RUN asks for. */
  get secrets(): readonly SecretUse[] {
    return this.stages.flatMap(({ secrets }) => secrets);
  }

  /** The last stage's ports. */
  get exposedPorts(): readonly ExposedPort[] {
    return this.stage().exposedPorts;
  }

  /** The last stage's volumes. */
  get declaredVolumes(): readonly string[] {
    return this.stage().declaredVolumes;
  }

  /** The last stage's user; absent where the base image's counts. */
  get user(): string | undefined {
    return this.stage().user;
  }

  /** The last stage's health check; absent where the base image's counts. */
  get healthCheck(): Statement<Healthcheck> | undefined {
    return this.stage().healthCheck;
  }

  /** The last stage's entry point; absent where the base image's counts. */
  get entrypoint(): readonly string[] | undefined {
    return this.stage().entrypoint;
  }

  /** The last stage's command; absent where the base image's counts. */
  get cmd(): readonly string[] | undefined {
    return this.stage().cmd;
  }

  /** What will cause trouble, in the order of the file; comments `# hadolint ignore=…` and `# slipway ignore=…` are heeded. */
  lint(options: LintOptions = {}): Finding[] {
    const { instructions, directives } = this;
    const { target } = options;
    const { stages } = this.readFor(target);
    const escapeMark = directives.escape ?? "\\";
    return lint({ instructions, stages, escapeMark, build: this.build(target) }, options);
  }

  /** The stages as a build of `target` reads them: one variable tells what is built. */
  private readFor(target?: string): StageList {
    const last = this.instructions.findLast(({ keyword }) => keyword === "FROM");
    const name = target || (last?.keyword === "FROM" ? (last.as ?? "") : "");
    const key = this.text.includes("TARGETSTAGE") ? name : "";
    let list = this.readings.get(key);
    if (list) return list;
    const { buildArgs, platforms } = this.known;
    const predefined = predefinedVariables(platforms, name);
    list = readStages(this.instructions, { escapeMark: this.directives.escape ?? "\\", predefined, buildArgs });
    this.readings.set(key, list);
    return list;
  }

  toString(): string {
    return this.text;
  }
}

function readPlatform(platform: Platform | string | undefined): Platform | undefined {
  return typeof platform === "string" ? Platform.parse(platform) : platform;
}

// Loaded on first use: most programs read Dockerfiles and never write one.
const writerModule = () => require("./writer/preamble") as typeof import("./writer/preamble.ts");
const textModule = () => require("./writer/text") as typeof import("./writer/text.ts");
