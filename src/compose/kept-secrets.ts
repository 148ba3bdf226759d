import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { placedFiles } from "./placed-files.ts";
import type { ReadService } from "./read-service.ts";
import type { ImageSource, MountSource, SecretReference } from "./translated-service.ts";
import type { Text } from "./variable-text.ts";
import { isMap, listOf, textOf, type YamlMap } from "./yaml-document.ts";

/** The secrets that a service is granted: each a file in `/run/secrets`. */
export function grantedSecrets(service: ReadService): Record<string, SecretReference> {
  const { plain, notes, file, directory } = service;
  const granted: Record<string, SecretReference> = {};
  for (const each of listOf(plain.secrets)) {
    const source = textOf(isMap(each) ? each.source : each);
    const target = isMap(each) && each.target !== undefined ? textOf(each.target) : source;
    const name = secretName(target.replace(/^\/run\/secrets\//, ""));
    if (target.startsWith("/") && !target.startsWith("/run/secrets/"))
      notes.add(`secrets ${source}`, `is a file in /run/secrets, not ${target}`);
    else if (name !== target && `/run/secrets/${name}` !== target)
      notes.add(`secrets ${source}`, `is called /run/secrets/${name} here: a secret's name is that of a variable`);
    const declared: YamlMap = isMap(file.secrets[source]) ? (file.secrets[source] as YamlMap) : {};
    if (isMap(each)) noteKeys(each, ["source", "target"], `secrets ${source}`, service);
    granted[name] = { ...placeOf(declared, source, file.directory, directory), asFile: true };
  }
  return granted;
}

/** A secret's name in Slipway's words, which are a variable's. */
export function secretName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "_");
}

/** A text with the paths of secrets as they are called here. */
export function withSecretPaths(text: Text, granted: Readonly<Record<string, SecretReference>>): Text {
  return text.map((part) =>
    typeof part === "string"
      ? part.replace(/\/run\/secrets\/([A-Za-z0-9_.-]*[A-Za-z0-9_])/g, (path, name: string) =>
          Object.hasOwn(granted, secretName(name)) ? `/run/secrets/${secretName(name)}` : path,
        )
      : part,
  );
}

function placeOf(declared: YamlMap, source: string, from: string, to: string): SecretReference {
  if (typeof declared.environment === "string") return { variable: declared.environment };
  if (typeof declared.file !== "string") return { variable: secretName(source).toUpperCase() };
  return { file: declared.file.startsWith("~/") ? declared.file : relative(to, resolve(from, declared.file)) };
}

/** The configs that a service is granted, as files that it sees. */
export function grantedConfigs(
  service: ReadService,
  image: ImageSource,
): { readonly mounts: Readonly<Record<string, MountSource>>; readonly image: ImageSource } {
  const { plain, notes, file } = service;
  const files = listOf(plain.configs).flatMap((each) => {
    const source = textOf(isMap(each) ? each.source : each);
    const target = isMap(each) && each.target !== undefined ? textOf(each.target) : `/${source}`;
    const declared = file.configs[source];
    const key = `configs ${source}`;
    if (isMap(each)) noteKeys(each, ["source", "target"], key, service);
    if (isMap(declared) && typeof declared.file === "string") {
      const path = resolve(file.directory, declared.file);
      if (!existsSync(path)) notes.add(key, `${declared.file} is not there`);
      else return [{ mount: { key, type: "bind", source, target, readOnly: true, more: [] }, path }];
    } else notes.add(key, "is no file of the project: write Mount.file with its text");
    return [];
  });
  return files.length === 0 ? { mounts: {}, image } : placedFiles(service, image, files);
}

function noteKeys(map: YamlMap, known: readonly string[], key: string, { notes }: ReadService): void {
  const more = Object.keys(map).filter((each) => !known.includes(each));
  if (more.length > 0) notes.add(key, `${more.join(", ")}: every user of the container may read the file`);
}
