import { relative, resolve, sep } from "node:path";
import type { Construct } from "constructs";
import { atProperty, ConstructError, collectErrors } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { stackDirectory } from "../terraform/stack-of.ts";
import { BuildCache } from "../values/build-cache.ts";
import type { Platform } from "../values/platform.ts";
import { RemoteContext } from "../values/remote-context.ts";
import { checkSwitch } from "../values/switch.ts";
import type { BuildCaches, BuildSsh, BuiltImageProps } from "./built-image-props.ts";
import { PLATFORM, requireKind, requireKinds } from "./declared-kind.ts";
import { requireBuildFile } from "./image-dockerfile.ts";

/** How an image is built, read and checked. */
export interface BuildOptions {
  /** Sorted; empty for the engine's own. */
  readonly platforms: readonly Platform[];
  readonly network?: string;
  /** What only buildx's own command does, as its words; undefined where the provider honours all that is declared. */
  readonly buildx?: readonly string[];
  readonly builder?: string;
  /** What of it a builder without an image store of containerd's cannot do, for people. */
  readonly needs: readonly string[];
  /** What decides the result beside the platforms, and changes no content id where it is not declared. */
  readonly attestations: readonly string[];
}

const NETWORKS: readonly unknown[] = ["default", "none", "host"];
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/**
 * Reads the options of a build that not every builder and not every version of the provider honours.
 *
 * @throws {ConstructError} for what no builder takes, all of it together
 */
export function readBuildOptions(scope: Construct, props: BuiltImageProps): BuildOptions {
  let platforms: readonly Platform[] = [];
  let cache: readonly string[] = [];
  let ssh: readonly string[] = [];
  collectErrors([
    () => {
      platforms = readPlatforms(scope, props);
    },
    () => {
      cache = cacheWords(scope, props.cache, typeof props.context === "string" ? props.context : undefined);
    },
    () => {
      ssh = sshWords(scope, props.ssh);
    },
    () => checkBuilder(scope, props.builder),
    () => checkNetwork(scope, props.network),
    () => atProperty(scope, "provenance", () => checkSwitch("provenance", props.provenance)),
    () => atProperty(scope, "sbom", () => checkSwitch("sbom", props.sbom)),
  ]);
  const attestations = [...(props.provenance ? ["provenance"] : []), ...(props.sbom ? ["sbom"] : [])];
  const words = [...cache, ...ssh, ...attestations.map((name) => `--${name}=true`)];
  const isElsewhere = props.context instanceof RemoteContext;
  const isExported = (props.cache?.to ?? []).some(({ place }) => place.kind !== "inline");
  const byBuildx = isElsewhere || platforms.length > 1 || words.length > 0 || props.builder !== undefined;
  const needs = [
    ...(platforms.length > 1 ? ["several platforms"] : []),
    ...(attestations.length > 0 ? ["attestations"] : []),
    ...(isExported ? ["a cache of its own"] : []),
  ];
  return {
    platforms,
    network: props.network,
    ...(byBuildx ? { buildx: words } : {}),
    builder: props.builder,
    needs,
    attestations,
  };
}

/** `platform` is a list of one. */
function readPlatforms(scope: Construct, { platform, platforms }: BuiltImageProps): readonly Platform[] {
  if (platforms === undefined) {
    if (platform === undefined) return [];
    requireKind(scope, "platform", platform, PLATFORM);
    return [platform];
  }
  requireKinds(scope, "platforms", platforms, PLATFORM);
  if (platform !== undefined) {
    const problem = `is ${platforms.join(", ")}, and platform is ${platform}: declare one of the two`;
    throw new ConstructError(scope, "platforms", problem);
  }
  if (platforms.length === 0) {
    const problem = "is empty: name the platforms, or leave it out for the engine's own";
    throw new ConstructError(scope, "platforms", problem);
  }
  const sorted = [...platforms].sort((a, b) => (String(a) < String(b) ? -1 : 1));
  const twice = sorted.find((each, index) => sorted[index + 1]?.equals(each));
  if (twice === undefined) return sorted;
  throw new ConstructError(scope, "platforms", `names ${twice} twice: an image has one side for each`);
}

function cacheWords(scope: Construct, cache: BuildCaches | undefined, context?: string): string[] {
  knownProps(scope, cache, { from: true, to: true }, "cache");
  const caches = (property: "from" | "to"): readonly BuildCache[] => {
    const got = cache?.[property] ?? [];
    requireKinds(scope, `cache.${property}`, got, CACHE);
    for (const { place } of got) {
      if (place.kind !== "local" || context === undefined) continue;
      if (!`${resolve(place.folder)}${sep}`.startsWith(`${resolve(context)}${sep}`)) continue;
      const rule = "must lie outside the build context, whose content it would change";
      throw new ConstructError(scope, `cache.${property}`, { subject: "cache folder", rule, got: place.folder });
    }
    return got;
  };
  const folder = (path: string) => relative(stackDirectory(scope), resolve(path));
  return [
    ...caches("from").flatMap(({ place }) => {
      if (place.kind === "registry") return ["--cache-from", fields({ type: "registry", ref: place.reference })];
      if (place.kind === "local") return ["--cache-from", fields({ type: "local", src: folder(place.folder) })];
      const problem = "an inline cache is read from the image that carries it: write BuildCache.registry with its tag";
      throw new ConstructError(scope, "cache.from", problem);
    }),
    ...caches("to").flatMap(({ place, mode = "max" }) => {
      if (place.kind === "inline") return ["--cache-to", "type=inline"];
      if (place.kind === "local") return ["--cache-to", fields({ type: "local", dest: folder(place.folder), mode })];
      // The one form that every registry takes; ECR refuses the other.
      const form = { "image-manifest": "true", "oci-mediatypes": "true" };
      return ["--cache-to", fields({ type: "registry", ref: place.reference, mode, ...form })];
    }),
  ];
}

const CACHE = {
  subject: "build cache",
  rule: "must be a BuildCache",
  is: (got: unknown) => got instanceof BuildCache,
  remedy:
    'write BuildCache.registry("ghcr.io/octo-org/catalog:cache"), BuildCache.local(".cache") or BuildCache.inline()',
};

function sshWords(scope: Construct, ssh: readonly BuildSsh[] | undefined): string[] {
  if (ssh === undefined) return [];
  if (!Array.isArray(ssh)) {
    const remedy = 'write [{ id: "default" }]';
    throw new ConstructError(scope, "ssh", { subject: "ssh", rule: "must be a list", got: ssh, remedy });
  }
  const seen = new Set<string>();
  return ssh.flatMap((each: BuildSsh, index) => {
    const property = `ssh[${each?.id ?? index}]`;
    knownProps(scope, each, { id: true, file: true }, property);
    const { id, file } = requireLiteral(scope, property, each);
    checkName(scope, property, id);
    if (seen.has(id)) throw new ConstructError(scope, property, "is declared twice: one mount has one id");
    seen.add(id);
    if (file === undefined) return ["--ssh", id];
    return ["--ssh", `${id}=${relative(stackDirectory(scope), resolve(requireBuildFile(scope, property, file)))}`];
  });
}

function checkBuilder(scope: Construct, builder: string | undefined): void {
  if (builder !== undefined) checkName(scope, "builder", requireLiteral(scope, "builder", builder));
}

function checkNetwork(scope: Construct, network: BuiltImageProps["network"]): void {
  if (network === undefined || NETWORKS.includes(network)) return;
  const remedy = "a network of the engine's is out of a builder's reach";
  throw new ConstructError(scope, "network", {
    subject: "network of a build",
    rule: "must be default, none or host",
    got: network,
    remedy,
  });
}

function checkName(scope: Construct, property: string, got: unknown): void {
  atProperty(scope, property, () => {
    if (typeof got === "string" && NAME.test(got)) return;
    const rule = "must be letters, digits, dots, dashes and underscores";
    throw new ConstructError(scope, property, { subject: "name", rule, got });
  });
}

/** One value of buildx's that has several, comma-separated; what has a comma or a quote in it is quoted. */
export function fields(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field))
    .join(",");
}
