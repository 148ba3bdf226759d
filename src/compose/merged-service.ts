import { isAbsolute, join, normalize } from "node:path";
import { isMap, listOf, pairsOf, textOf, type YamlMap } from "./yaml-document.ts";

/** Keys whose list replaces the one that is extended. */
const REPLACED = new Set(["command", "entrypoint", "test"]);
/** Keys that are written as a mapping or as a list of `key=value`. */
const PAIRS = new Set(["environment", "labels", "args", "extra_hosts", "sysctls", "annotations"]);

/** `own` over `base` as Compose merges: mappings key by key, lists one behind the other, everything else replaced. */
export function mergedService(base: YamlMap, own: YamlMap): YamlMap {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) merged[key] = mergedValue(key, merged[key], value);
  return merged;
}

function mergedValue(key: string, base: unknown, own: unknown): unknown {
  if (base === undefined || base === null || REPLACED.has(key)) return own;
  if (PAIRS.has(key) && own !== null) return { ...asMap(key, base), ...asMap(key, own) };
  if (isMap(base) && isMap(own)) return mergedService(base, own);
  if (key === "volumes") {
    const targets = new Set(listOf(own).map(targetOf));
    return [...listOf(base).filter((each) => !targets.has(targetOf(each))), ...listOf(own)];
  }
  if (Array.isArray(base) && Array.isArray(own)) return [...base, ...own.filter((each) => !base.includes(each))];
  return own;
}

function asMap(key: string, value: unknown): YamlMap {
  if (key !== "extra_hosts") return Object.fromEntries(pairsOf(value).map(([name, each]) => [name, each ?? null]));
  if (isMap(value)) return value;
  const pairs = listOf(value).map((each) => /^([^:=]+)[:=](.*)$/.exec(textOf(each)));
  return Object.fromEntries(pairs.map((match) => [match?.[1] ?? "", match?.[2] ?? ""]));
}

function targetOf(volume: unknown): string {
  if (isMap(volume)) return textOf(volume.target);
  const [first = "", second] = textOf(volume).split(":");
  return second ?? first;
}

/** The service of a file in `folder`, its relative paths as from where that folder is. */
export function rebased(service: YamlMap, folder: string): YamlMap {
  if (folder === "" || folder === ".") return service;
  const moved = (path: unknown) => rebasedPath(textOf(path), folder);
  const { build, env_file: envFile, volumes } = service;
  return {
    ...service,
    ...(build !== undefined && {
      build: isMap(build) ? { ...build, context: moved(build.context ?? ".") } : moved(build),
    }),
    ...(envFile !== undefined && {
      env_file: listOf(envFile).map((each) => (isMap(each) ? { ...each, path: moved(each.path) } : moved(each))),
    }),
    ...(volumes !== undefined && {
      volumes: listOf(volumes).map((each) => {
        if (isMap(each)) return each.type === "bind" ? { ...each, source: moved(each.source) } : each;
        const text = textOf(each);
        return /^\.\.?(?:\/|:)/.test(text) ? moved(text) : text;
      }),
    }),
  };
}

function rebasedPath(path: string, folder: string): string {
  if (isAbsolute(path) || path.startsWith("~") || /^[a-z+]+:\/\/|^[\w.-]+@[\w.-]+:/i.test(path)) return path;
  const joined = normalize(join(folder, path));
  return joined.startsWith("..") ? joined : `./${joined}`;
}
