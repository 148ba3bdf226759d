import { join } from "node:path";
import { checkVariableName } from "../values/variable-name.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import type { KnownImage } from "./known-image.ts";
import type { ReadService } from "./read-service.ts";
import { isSecretLike } from "./secret-like.ts";
import type { SecretReference } from "./translated-service.ts";
import { plainText, type Text, variablesOf } from "./variable-text.ts";
import { isMap, listOf, pairsOf, textOf } from "./yaml-document.ts";

/** The variables of a service, and those of them that are secrets. */
export interface ServiceEnvironment {
  readonly env: Record<string, Text>;
  readonly secrets: Record<string, SecretReference>;
  /** Secrets that the image reads as variables alone. */
  readonly variables: readonly string[];
  /** What a secret was in the file, for whoever looks for the name of one that is the same. */
  readonly values: Readonly<Record<string, Text>>;
}

export function serviceEnvironment(service: ReadService, known: KnownImage | undefined): ServiceEnvironment {
  const env: Record<string, Text> = {};
  const secrets: Record<string, SecretReference> = {};
  const variables: string[] = [];
  const values: Record<string, Text> = {};
  for (const [name, value] of declared(service)) {
    if (
      service.notes.accept(`environment.${name}`, () => checkVariableName("variable name", name) ?? true) === undefined
    )
      continue;
    const plain = plainText(value);
    const named = variablesOf(value)[0];
    const isSecret = isSecretLike(name, plain === "" && named !== undefined ? `$${named}` : plain);
    if (!isSecret) {
      if (/[\n\r]/.test(plain)) service.notes.add(`environment.${name}`, "is several lines, and a variable has one");
      else env[name] = value;
      continue;
    }
    values[name] = value;
    secrets[name] = { variable: deployersName(name, value) };
    if (service.host === "aws") continue;
    const { secretFile, secretNames = /^/ } = known ?? {};
    if (secretFile !== undefined && secretNames.test(name)) env[`${name}${secretFile}`] = [`/run/secrets/${name}`];
    else variables.push(name);
  }
  return { env, secrets, variables, values };
}

/** What the deployer's variable is called: as the file's own, where the whole secret is one. */
function deployersName(name: string, value: Text): string {
  const [only, ...more] = value;
  return more.length === 0 && typeof only === "object" && only.kind === "variable" ? only.name : name;
}

/** Those of `env_file` and, over them, of `environment`. */
function declared(service: ReadService): Iterable<[string, Text]> {
  const { plain, raw, notes, file } = service;
  const all = new Map<string, Text>();
  for (const each of listOf(plain.env_file)) {
    const path = textOf(isMap(each) ? each.path : each);
    const found = readEnvironmentFile(join(file.directory, path));
    if (found === undefined) notes.add("env_file", `${path} is not there: its variables are missing`);
    for (const [name, value] of Object.entries(found ?? {})) all.set(name, value === "" ? [] : [value]);
  }
  for (const [name, value] of pairsOf(raw.environment)) all.set(name, service.text(value ?? `\${${name}}`));
  return all;
}
