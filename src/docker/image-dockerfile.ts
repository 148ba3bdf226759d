import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Construct, IConstruct } from "constructs";
import { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { ExternalImage } from "../dockerfile/image-config.ts";
import type { LintOptions } from "../dockerfile/lint/lint.ts";
import { pinImages, type Unpinned } from "../dockerfile/pin-images.ts";
import { annotate, warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { stackDirectory } from "../terraform/stack-of.ts";
import { isStrict } from "../terraform/strict-mode.ts";
import type { Platform } from "../values/platform.ts";
import { sortedMap } from "../values/sorted-map.ts";
import { Lockfile } from "./lockfile.ts";

/** What is declared around a Dockerfile and must agree with it. */
export interface DockerfileInputs {
  readonly args: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly target?: string;
  /** Empty for the engine's own. */
  readonly platforms: readonly Platform[];
  /** `false` for no findings at all. */
  readonly lint: LintOptions | false;
  /** Addresses of registries that the build logs in to. */
  readonly loggedIn: readonly string[];
}

/** What a Dockerfile tells whoever builds and runs its image. */
export interface ImageDockerfile {
  /** The file with every base image that the lockfile pins named by its digest; undefined where nobody read it. */
  readonly text?: string;
  /** The TCP ports that the built stage exposes. */
  readonly exposedPorts: readonly number[];
  /** The paths that the built stage declares as volumes. */
  readonly declaredVolumes: readonly string[];
  /** The images that the build needs, as the Dockerfile names them. */
  readonly baseImages: readonly string[];
  /** The digests of those that are pinned, by their names. */
  readonly pins: Readonly<Record<string, string>>;
}

/** Registries whose repositories nobody reads without a login. */
const ALWAYS_PRIVATE = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$|\.azurecr\.io$/;

/**
 * Reads a Dockerfile for an image: refuses what the builder would refuse, says what will cause trouble, and pins
 * what it builds upon. Why the pins go into the staged copy: then the digest is part of the content, and the day a
 * base image moves is a change of the lockfile that a build follows.
 *
 * @throws {ConstructError} with the Dockerfile's line
 */
export function readImageDockerfile(scope: Construct, text: string, around: DockerfileInputs): ImageDockerfile {
  const { platforms } = around;
  const sides = (platforms.length === 0 ? [undefined] : platforms).map((platform) => {
    const dockerfile = parsed(scope, text, around, platform);
    return { platform, dockerfile, stage: atProperty(scope, "target", () => dockerfile.stage(around.target)) };
  });
  report(
    scope,
    sides.map(({ dockerfile }) => dockerfile),
    around,
  );
  for (const { stage, platform } of sides) {
    if (stage.base.kind === "image") checkPlatform(scope, stage.base, platform, platforms.length > 1);
  }
  // For several platforms one text: a name that hangs on the platform stands for no single image, and is not pinned.
  const [only, ...others] = sides;
  const dockerfile = only && others.length === 0 ? only.dockerfile : parsed(scope, text, around);
  const exposed = sides.flatMap(({ stage }) => stage.exposedPorts.filter(({ protocol }) => protocol === "tcp"));
  const images = sides.flatMap((side) => side.dockerfile.images);
  for (const image of images) checkLogin(scope, image, around.loggedIn);
  return {
    text: pinned(scope, dockerfile, around),
    exposedPorts: unique(exposed.map(({ port }) => port)),
    declaredVolumes: unique(sides.flatMap(({ stage }) => stage.declaredVolumes)),
    baseImages: unique(images.map(nameOf)),
    pins: sortedMap(Object.fromEntries(images.flatMap((image) => pinOf(scope, image)))),
  };
}

function nameOf({ name, written }: ExternalImage): string {
  return name ?? written;
}

function pinOf(scope: Construct, image: ExternalImage): [string, string][] {
  const digest = image.reference && (image.reference.digest ?? Lockfile.read(scope).digestOf(image.reference));
  return digest === undefined ? [] : [[nameOf(image), `${digest}`]];
}

function parsed(scope: Construct, text: string, { args }: DockerfileInputs, platform?: Platform): Dockerfile {
  return atProperty(scope, "dockerfile", () =>
    Dockerfile.parse(text, { buildArgs: args, platform, buildPlatform: "unknown" }),
  );
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function report(scope: Construct, sides: readonly Dockerfile[], around: DockerfileInputs): void {
  const { lint } = around;
  const said = new Set<string>();
  const once = (severity: Parameters<typeof annotate>[1], text: string) => {
    if (!said.has(text)) annotate(scope, severity, text);
    said.add(text);
  };
  for (const dockerfile of lint ? sides : []) {
    const findings = atProperty(scope, "lint", () => dockerfile.lint({ ...lint, target: around.target }));
    for (const { rule, line, severity, why, fix } of findings) {
      const page = rule.startsWith("SW") ? ` (slipway/docs/lint-rules.md#${rule.toLowerCase()})` : "";
      once(severity, `Dockerfile line ${line}: ${rule}: ${why}: ${fix}${page}`);
    }
  }
  const known = new Set(sides.flatMap(({ buildArgs }) => buildArgs.map(({ name }) => name)));
  for (const name of Object.keys(around.args).filter((each) => !known.has(each))) {
    warn(scope, `args: no ARG of the Dockerfile is called ${name}, so the build never sees it`);
  }
  for (const { id, line } of sides.flatMap(({ secrets }) => secrets)) {
    if (around.secrets.includes(id)) continue;
    once("warning", `Dockerfile line ${line}: mounts the secret ${id}, which secrets does not declare`);
  }
}

function checkPlatform(scope: Construct, base: ExternalImage, platform: Platform | undefined, several: boolean): void {
  const asked = base.platform;
  if (!asked || !platform || asked.includes("$") || asked === platform.toString()) return;
  throw new ConstructError(
    scope,
    several ? "platforms" : "platform",
    `Dockerfile line ${base.line} starts from ${asked}, but the image is declared for ${platform}: drop one, or make them agree`,
  );
}

function pinned(scope: Construct, dockerfile: Dockerfile, around: DockerfileInputs): string {
  const lockfile = Lockfile.read(scope);
  const digestOf = ({ reference }: ExternalImage) => reference && lockfile.digestOf(reference);
  const { text, unpinned } = pinImages(dockerfile, digestOf);
  for (const image of unpinned) reportUnpinned(scope, image, around.platforms.length > 1);
  return text;
}

const HOW_TO_PIN: Readonly<Record<Unpinned["why"], string>> = {
  "no digest is known": "run npx slipway lock",
  "the name is broken over lines": "its name is broken over lines: write it on one",
  "the name hangs on a variable that is not known":
    "its name hangs on a variable that is not known: declare the platform, or give the variable a value",
};

const SEVERAL_PLATFORMS = "its name hangs on the platform: name one image that has a side for each";

function reportUnpinned(scope: Construct, { image: { written, line }, why }: Unpinned, several: boolean): void {
  if (Lockfile.collecting) return;
  const hangs = several && why === "the name hangs on a variable that is not known";
  const problem = `Dockerfile line ${line}: nothing pins ${written} to a digest: ${hangs ? SEVERAL_PLATFORMS : HOW_TO_PIN[why]}`;
  if (isStrict(scope)) throw new ConstructError(scope, "dockerfile", problem);
  warn(scope, problem);
}

function checkLogin(scope: Construct, { reference, written, line }: ExternalImage, loggedIn: readonly string[]): void {
  const domain = reference?.domain ?? "";
  if (!ALWAYS_PRIVATE.test(domain) || loggedIn.includes(domain)) return;
  throw new ConstructError(
    scope,
    "dockerfile",
    `Dockerfile line ${line}: ${written} is in the private registry ${domain}, which nothing logs in to: declare it in privateBaseImages`,
  );
}

/**
 * What is known of a Dockerfile that lies in a context elsewhere, which synth does not ask: nothing, and that is said.
 *
 * @throws {ConstructError} in strict mode, since nothing pins what it builds upon
 */
export function unreadDockerfile(scope: Construct): ImageDockerfile {
  const problem =
    "lies in a context that is kept elsewhere: its ports, volumes and faults are not known here, and nothing pins its base images to digests: hand over a copy of it, dockerfile: Dockerfile.parse(text)";
  if (!Lockfile.collecting) {
    if (isStrict(scope)) throw new ConstructError(scope, "dockerfile", problem);
    warn(scope, `the Dockerfile ${problem}`);
  }
  return { exposedPorts: [], declaredVolumes: [], baseImages: [], pins: {} };
}

/** A secret that a build step mounts: from a variable of the deployer's environment, or from a file. */
export interface BuildSecret {
  /** The id by which `RUN --mount=type=secret,id=…` asks for it. */
  readonly id: string;
  /** The name of an environment variable of the machine that deploys. */
  readonly env?: string;
  /** A file outside the build context, relative to the working directory. */
  readonly file?: string;
}

/**
 * `secrets` as builders are told them: names and paths only, never what they hold.
 *
 * @throws {ConstructError} unless each has exactly one source, an id of its own, and a file that exists
 */
export function buildSecretBlocks(scope: IConstruct, secrets: readonly BuildSecret[]) {
  const seen = new Set<string>();
  return secrets.map((secret) => {
    const { id, env, file } = secret;
    const property = `secrets[${id}]`;
    knownProps(scope, secret, { id: true, env: true, file: true }, property);
    requireLiteral(scope, property, [id, env, file]);
    if (seen.has(id)) throw new ConstructError(scope, property, "is declared twice: one secret has one id");
    seen.add(id);
    if ((env === undefined) === (file === undefined)) {
      throw new ConstructError(
        scope,
        property,
        `needs exactly one of env and file, got env ${env ?? "unset"} and file ${file ?? "unset"}`,
      );
    }
    if (file !== undefined) requireBuildFile(scope, property, file);
    return env === undefined ? { id, src: relative(stackDirectory(scope), resolve(file as string)) } : { id, env };
  });
}

/** @throws {ConstructError} unless `file` is there, for a build that would find out at its last step */
export function requireBuildFile(scope: IConstruct, property: string, file: string): string {
  if (typeof file === "string" && existsSync(file)) return file;
  throw new ConstructError(scope, property, { subject: "file of a build", rule: "must exist", got: file });
}
