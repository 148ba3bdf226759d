import { existsSync } from "node:fs";
import type { Construct, IConstruct } from "constructs";
import { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { ExternalImage } from "../dockerfile/image-config.ts";
import type { LintOptions } from "../dockerfile/lint/lint.ts";
import { pinImages, type Unpinned } from "../dockerfile/pin-images.ts";
import { annotate, warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { isStrict } from "../terraform/stack-of.ts";
import type { Platform } from "../values/platform.ts";
import { Lockfile } from "./lockfile.ts";

/** What is declared around a Dockerfile and must agree with it. */
export interface DockerfileSurroundings {
  readonly args: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly target?: string;
  readonly platform?: Platform;
  /** `false` for no findings at all. */
  readonly lint: LintOptions | false;
  /** Addresses of registries that the build logs in to. */
  readonly loggedIn: readonly string[];
}

/** What a Dockerfile tells whoever builds and runs its image. */
export interface ImageDockerfile {
  /** The file with every base image that the lockfile pins named by its digest. */
  readonly text: string;
  /** The TCP ports that the built stage exposes. */
  readonly exposedPorts: readonly number[];
  /** The paths that the built stage declares as volumes. */
  readonly declaredVolumes: readonly string[];
  /** The images that the build needs, as the Dockerfile names them. */
  readonly baseImages: readonly string[];
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
export function readImageDockerfile(scope: Construct, text: string, around: DockerfileSurroundings): ImageDockerfile {
  const dockerfile = atProperty(scope, "dockerfile", () =>
    Dockerfile.parse(text, { buildArgs: around.args, platform: around.platform, buildPlatform: "unknown" }),
  );
  const stage = atProperty(scope, "target", () => dockerfile.stage(around.target));
  report(scope, dockerfile, around);
  const { base } = stage;
  if (base.kind === "image") checkPlatform(scope, base, around.platform);
  return {
    text: pinned(scope, dockerfile, around),
    exposedPorts: stage.exposedPorts.filter(({ protocol }) => protocol === "tcp").map(({ port }) => port),
    declaredVolumes: stage.declaredVolumes,
    baseImages: [...new Set(dockerfile.images.map(({ name, written }) => name ?? written))],
  };
}

function report(scope: Construct, dockerfile: Dockerfile, around: DockerfileSurroundings): void {
  const { lint } = around;
  if (lint) {
    const findings = atProperty(scope, "lint", () => dockerfile.lint({ ...lint, target: around.target }));
    for (const { rule, line, severity, why, fix } of findings) {
      annotate(scope, severity, `Dockerfile line ${line}: ${rule}: ${why}: ${fix}`);
    }
  }
  const known = new Set(dockerfile.buildArgs.map(({ name }) => name));
  for (const name of Object.keys(around.args).filter((each) => !known.has(each))) {
    warn(scope, `args: no ARG of the Dockerfile is called ${name}, so the build never sees it`);
  }
  for (const { id, line } of dockerfile.secrets.filter((secret) => !around.secrets.includes(secret.id))) {
    warn(scope, `Dockerfile line ${line}: mounts the secret ${id}, which secrets does not declare`);
  }
}

function checkPlatform(scope: Construct, base: ExternalImage, platform: Platform | undefined): void {
  const asked = base.platform;
  if (!asked || !platform || asked.includes("$") || asked === platform.toString()) return;
  throw new ConstructError(
    scope,
    "platform",
    `Dockerfile line ${base.line} starts from ${asked}, but the image is declared for ${platform}: drop one, or make them agree`,
  );
}

function pinned(scope: Construct, dockerfile: Dockerfile, around: DockerfileSurroundings): string {
  for (const image of dockerfile.images) checkLogin(scope, image, around.loggedIn);
  const lockfile = Lockfile.read(scope);
  const digestOf = ({ reference }: ExternalImage) => reference && lockfile.digestOf(reference);
  const { text, unpinned } = pinImages(dockerfile, digestOf);
  for (const image of unpinned) reportUnpinned(scope, image);
  return text;
}

const HOW_TO_PIN: Readonly<Record<Unpinned["why"], string>> = {
  "no digest is known": "run npx slipway lock",
  "the name is broken over lines": "its name is broken over lines: write it on one",
  "the name hangs on a variable that is not known":
    "its name hangs on a variable that is not known: declare the platform, or give the variable a value",
};

function reportUnpinned(scope: Construct, { image: { written, line }, why }: Unpinned): void {
  if (Lockfile.collecting) return;
  const problem = `Dockerfile line ${line}: nothing pins ${written} to a digest: ${HOW_TO_PIN[why]}`;
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
 * The provider's blocks for `secrets`: names and paths only, never what they hold.
 *
 * @throws {ConstructError} unless each has exactly one source, an id of its own, and a file that exists
 */
export function buildSecretBlocks(
  scope: IConstruct,
  secrets: readonly BuildSecret[],
  fromStack: (path: string) => string,
) {
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
    if (file !== undefined && !existsSync(file)) {
      throw new ConstructError(scope, property, { subject: "secret file", rule: "must exist", got: file });
    }
    return env === undefined ? { id, src: fromStack(file as string) } : { id, env };
  });
}
