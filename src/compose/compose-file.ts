import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { ComposeError } from "./compose-error.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { mergedService, rebased } from "./merged-service.ts";
import type { Note } from "./note.ts";
import { isMap, listOf, readYaml, textOf, type YamlMap } from "./yaml-document.ts";

/** A compose file with what it includes and extends, its anchors and merge keys resolved, its variables not. */
export interface ComposeFile {
  /** As it was named. */
  readonly file: string;
  /** The folder that its relative paths are from. */
  readonly directory: string;
  readonly name?: string;
  readonly services: ReadonlyMap<string, YamlMap>;
  readonly volumes: YamlMap;
  readonly secrets: YamlMap;
  readonly configs: YamlMap;
  /** What `.env` beside it says. */
  readonly defaults: Readonly<Record<string, string>>;
  /** What of it belongs to no service and has no equal. */
  readonly notes: readonly Note[];
}

const TOP = ["services", "volumes", "secrets", "configs"] as const;
const NAMES = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/** @throws ComposeError where there is no such file, it is no YAML, or has no services */
export function readComposeFile(file: string): ComposeFile {
  const path = resolve(file);
  const directory = dirname(path);
  const defaults = readEnvironmentFile(join(directory, ".env")) ?? {};
  const document = withIncludes(readDocument(path, file), directory, [path]);
  const services = new Map<string, YamlMap>();
  const declared = mapAt(document, "services", file);
  for (const name of Object.keys(declared)) services.set(name, extended(declared, name, { path, file, seen: [] }));
  if (services.size === 0) throw new ComposeError(noServices(document, file));
  const name = textOf(document.name).replace(/\$.*/, "");
  return {
    file,
    directory,
    ...(name !== "" && { name }),
    services,
    volumes: mapAt(document, "volumes", file),
    secrets: mapAt(document, "secrets", file),
    configs: mapAt(document, "configs", file),
    defaults,
    notes: notesOf(document, directory, path),
  };
}

function readDocument(path: string, file: string): YamlMap {
  if (!existsSync(path) || !statSync(path).isFile()) throw new ComposeError(missing(path, file));
  return readYaml(readFileSync(path, "utf8"), file);
}

function missing(path: string, file: string): string {
  const folder = dirname(path);
  const there = existsSync(folder) ? readdirSync(folder).filter((name) => /compose.*\.ya?ml$/.test(name)) : [];
  const remedy = there.length > 0 ? `there is ${there.sort().join(", ")}` : `its usual names are ${NAMES.join(", ")}`;
  return `--from must name a compose file, got ${file}, where none is: ${remedy}`;
}

function noServices(document: YamlMap, file: string): string {
  const old = Object.values(document).some((each) => isMap(each) && ("image" in each || "build" in each));
  const remedy = old ? "a file of version 1 has its services at the top: put them below services:" : "it declares none";
  return `${file} must have services, got ${Object.keys(document).join(", ") || "nothing"}: ${remedy}`;
}

function mapAt(document: YamlMap, key: string, file: string): YamlMap {
  const value = document[key];
  if (value === undefined || value === null) return {};
  if (isMap(value)) return value;
  throw new ComposeError(`${file}: ${key} must be a mapping of names`);
}

/** The document with those that it includes; its own word counts where both have one. */
function withIncludes(document: YamlMap, directory: string, seen: readonly string[]): YamlMap {
  let merged = document;
  for (const include of listOf(document.include)) {
    for (const name of listOf(isMap(include) ? include.path : include)) {
      const path = resolve(directory, textOf(name));
      if (seen.includes(path)) throw new ComposeError(`${textOf(name)} must not include itself`);
      const folder = dirname(path);
      const other = withIncludes(readDocument(path, textOf(name)), folder, [...seen, path]);
      const services = Object.entries(mapAt(other, "services", textOf(name))).map(([id, service]) => [
        id,
        isMap(service) ? rebased(service, relative(directory, folder)) : service,
      ]);
      const all = { ...other, services: Object.fromEntries(services) } as YamlMap;
      const parts = TOP.map((key) => [key, mergedService(mapAt(all, key, path), mapAt(merged, key, path))]);
      merged = { ...merged, ...Object.fromEntries(parts) };
    }
  }
  return merged;
}

interface Place {
  readonly path: string;
  readonly file: string;
  readonly seen: readonly string[];
}

/** The service with what it extends, of this file or of another. */
function extended(services: YamlMap, name: string, { path, file, seen }: Place): YamlMap {
  const service = services[name];
  const key = `${path}#${name}`;
  if (!isMap(service)) throw new ComposeError(`${file}: services.${name} must be a mapping`);
  if (seen.includes(key)) throw new ComposeError(`${file}: services.${name} must not extend itself`);
  const { extends: base, ...own } = service;
  if (base === undefined || base === null) return own;
  const other = textOf(isMap(base) ? base.service : base);
  const otherFile = isMap(base) && base.file !== undefined ? textOf(base.file) : undefined;
  const otherPath = otherFile === undefined ? path : resolve(dirname(path), otherFile);
  const among = otherFile === undefined ? services : mapAt(readDocument(otherPath, otherFile), "services", otherFile);
  if (!(other in among)) throw new ComposeError(`${file}: services.${name} extends ${other}, which is not there`);
  const found = extended(among, other, { path: otherPath, file: otherFile ?? file, seen: [...seen, key] });
  return mergedService(rebased(found, relative(dirname(path), dirname(otherPath))), own);
}

function notesOf(document: YamlMap, directory: string, path: string): Note[] {
  const notes: Note[] = [];
  if (isMap(document.networks) && Object.keys(document.networks).length > 0)
    notes.push({ key: "networks", reason: "the services of a host share one network, which the host makes" });
  if (document.models !== undefined) notes.push({ key: "models", reason: "Slipway runs containers and no models" });
  const overrides = readdirSync(directory).filter((name) => /compose\.override\.ya?ml$/.test(name));
  for (const name of overrides.filter((each) => join(directory, each) !== path))
    notes.push({ key: name, reason: "was not read: it usually says what a developer's machine has on top" });
  return notes;
}

/** What the project is called, which names its stack: the file's own word, else its folder. */
export function projectName({ name, directory }: Pick<ComposeFile, "name" | "directory">): string {
  return name ?? basename(directory);
}
