import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Dockerfile } from "../dockerfile/dockerfile.ts";
import { readReference } from "../dockerfile/image-config.ts";
import { Platform } from "../values/platform.ts";
import { SemanticVersion } from "../values/semantic-version.ts";
import type { ReadService } from "./read-service.ts";
import { isSecretLike } from "./secret-like.ts";
import type { BuiltSource, ImageSource } from "./translated-service.ts";
import { plainText, type Text, type TextPart, type Variable } from "./variable-text.ts";
import { isMap, listOf, pairsOf, textOf, type YamlMap } from "./yaml-document.ts";

/** What an image says of itself, as far as its Dockerfile is there. */
export interface ImageFacts {
  readonly ports: readonly number[];
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
}

const REMOTE = /^(?:[a-z+]+:\/\/|[\w.-]+@[\w.-]+:|github\.com\/)|\.git(?:#|$)/i;

/** Keys of `build` that are translated; what has no equal stands in {@link LEFT}. */
const TRANSLATED = new Set(
  "context dockerfile dockerfile_inline args target labels network no_cache platforms pull tags".split(" "),
);
const LEFT: Readonly<Record<string, string>> = {
  additional_contexts: "a BuiltImage has one context: let the Dockerfile copy from images or from stages",
  cache_from: "write cache: { from: [BuildCache.registry(…)] } where a builder shares none",
  cache_to: "write cache: { to: [BuildCache.registry(…)] } where a builder shares none",
  extra_hosts: "a build step reaches what the builder's own DNS knows",
  privileged: "a builder runs its steps without",
  secrets: "write secrets: [{ id, … }] of BuiltImage: what a build may read is declared there",
  ssh: 'write ssh: [{ id: "default" }] of BuiltImage',
  shm_size: "a builder has no word for it here",
  ulimits: "a builder has no word for it here",
  isolation: "it is for Windows containers only",
  entitlements: "they are said to the builder: docker buildx create --buildkitd-flags",
  provenance: "write provenance: true of BuiltImage",
  sbom: "write sbom: true of BuiltImage",
};

/** Where the image comes from; nothing where that cannot be written, which a note says. */
export function imageSource(service: ReadService): ImageSource | undefined {
  const { raw, plain, notes } = service;
  const platform = knownPlatform(service, "platform", plain.platform);
  if (plain.build !== undefined && plain.build !== null) return builtSource(service, platform);
  if (raw.image !== undefined && raw.image !== null) {
    const [unset] = service.text(raw.image).flatMap((part) => (isUnset(part) ? part.name : []));
    if (unset !== undefined) {
      notes.add(
        "image",
        `says $${unset}, and nothing says what that is: write it into .env beside the file, and begin again`,
      );
      return undefined;
    }
    if (readReference(textOf(plain.image)) === undefined) {
      notes.add("image", `${textOf(plain.image)} is no reference of an image`);
      return undefined;
    }
    return { kind: "pulled", image: service.text(raw.image), ...(platform !== undefined && { platform }) };
  }
  notes.add(
    plain.provider === undefined ? "image" : "provider",
    "names no image, and nothing is built: there is nothing to run",
  );
  return undefined;
}

function isUnset(part: TextPart): part is Variable {
  return typeof part !== "string" && part.kind === "variable" && part.fallback === undefined;
}

function knownPlatform({ notes }: ReadService, key: string, value: unknown): string | undefined {
  const text = textOf(value);
  return text === "" ? undefined : notes.accept(key, () => `${Platform.parse(text)}`);
}

function builtSource(service: ReadService, platform: string | undefined): BuiltSource | undefined {
  const { raw, plain, notes, file, directory } = service;
  const build: YamlMap = isMap(plain.build) ? plain.build : { context: plain.build };
  const rawBuild: YamlMap = isMap(raw.build) ? raw.build : {};
  const context = textOf(build.context ?? ".");
  if (REMOTE.test(context)) {
    const why = "what is built must not move: write RemoteContext.git with its commit, which git ls-remote prints";
    notes.add("build", `${context} is kept elsewhere; ${why}`);
    return undefined;
  }
  for (const key of Object.keys(build)) {
    if (!TRANSLATED.has(key) && !key.startsWith("x-"))
      notes.add(`build.${key}`, LEFT[key] ?? "Slipway does not know it");
  }
  const folder = resolve(file.directory, context);
  if (!existsSync(folder)) notes.add("build", `the folder ${context} is not there: nothing is built until it is`);
  const args = Object.fromEntries(
    pairsOf(rawBuild.args).map(([name, value]) => [name, argument(service, name, value)]),
  );
  for (const [name, value] of Object.entries(args)) {
    if (!isSecretLike(name, plainText(value))) continue;
    notes.add(
      `build.args.${name}`,
      "would stand in the image's history for good: write secrets: [{ id, … }] of BuiltImage",
    );
    delete args[name];
  }
  const platforms = listOf(build.platforms).map(textOf);
  if (platforms.length > 1)
    notes.add(
      "build.platforms",
      "is several: write platforms: [Platform.LINUX_AMD64, …], which takes a builder that can",
    );
  const only = platforms.length === 1 ? knownPlatform(service, "build.platforms", platforms[0]) : platform;
  const version = versionOf(textOf(plain.image));
  return {
    kind: "built",
    context: contextPath(directory, folder),
    ...dockerfileOf(build, folder, notes),
    args,
    labels: Object.fromEntries(pairsOf(rawBuild.labels).map(([name, value]) => [name, service.text(value ?? "")])),
    ...(build.target !== undefined && build.target !== null && { target: textOf(build.target) }),
    ...(["none", "host"].includes(textOf(build.network)) && { network: textOf(build.network) }),
    ...(build.no_cache === true && { noCache: true }),
    ...(version !== undefined && { version }),
    ...(only !== undefined && { platform: only }),
  };
}

/** A build argument without a value is the environment's. */
function argument(service: ReadService, name: string, value: string | undefined): Text {
  return service.text(value ?? `\${${name}}`);
}

function dockerfileOf(
  build: YamlMap,
  folder: string,
  notes: ReadService["notes"],
): Pick<BuiltSource, "dockerfile" | "inline"> {
  if (build.dockerfile_inline !== undefined) return { inline: textOf(build.dockerfile_inline) };
  const name = textOf(build.dockerfile).replace(/^\.\//, "");
  if (name === "" || name === "Dockerfile") return lowerCased(folder);
  const within = relative(folder, resolve(folder, name));
  if (!within.startsWith("..")) return { dockerfile: within };
  notes.add("build.dockerfile", "lies outside of its context: its text of today is written here");
  const path = resolve(folder, name);
  return existsSync(path) ? { inline: readFileSync(path, "utf8") } : {};
}

/** Docker takes a `dockerfile` where there is no `Dockerfile`; a BuiltImage takes the file that it is told of. */
function lowerCased(folder: string): Pick<BuiltSource, "dockerfile"> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return !names.includes("Dockerfile") && names.includes("dockerfile") ? { dockerfile: "dockerfile" } : {};
}

/** The context as the program names it, from the project's folder. */
export function contextPath(directory: string, folder: string): string {
  const path = relative(directory, folder).split("\\").join("/");
  return path === "" ? "." : path;
}

function versionOf(image: string): string | undefined {
  const tag = readReference(image)?.tag;
  try {
    return tag === undefined ? undefined : `${SemanticVersion.parse(tag)}`;
  } catch {
    return undefined;
  }
}

/** What the image's Dockerfile says, where there is one that can be read. */
export function imageFacts(source: ImageSource, directory: string): ImageFacts {
  if (source.kind !== "built") return { ports: [] };
  const path = join(resolve(directory, source.context), source.dockerfile ?? "Dockerfile");
  const text = source.inline ?? (existsSync(path) ? readFileSync(path, "utf8") : undefined);
  if (text === undefined) return { ports: [] };
  try {
    const buildArgs = Object.fromEntries(Object.entries(source.args).map(([name, value]) => [name, plainText(value)]));
    const stage = Dockerfile.parse(text, { buildArgs }).stage(source.target);
    const ports = stage.exposedPorts.filter(({ protocol }) => protocol === "tcp").map(({ port }) => port);
    return { ports: [...new Set(ports)], entrypoint: stage.entrypoint, cmd: stage.cmd };
  } catch {
    return { ports: [] }; // the synth says what is wrong with it, with its line
  }
}
