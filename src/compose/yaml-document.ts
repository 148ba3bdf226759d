import { CORE_SCHEMA, load, Type, YAMLException } from "js-yaml";
import { ComposeError } from "./compose-error.ts";

/** A mapping of a document. */
export type YamlMap = Readonly<Record<string, unknown>>;

/** YAML 1.2 as Compose reads it: with anchors, and with merge keys, which 1.2 itself has not. */
const MERGE = new Type("tag:yaml.org,2002:merge", {
  kind: "scalar",
  resolve: (text) => text === "<<" || text === null,
});
const SCHEMA = CORE_SCHEMA.extend({ implicit: [MERGE] });

/** @param file its name, for messages @throws ComposeError with the line where `text` is no YAML, or no mapping */
export function readYaml(text: string, file: string): YamlMap {
  let document: unknown;
  try {
    document = load(text, { schema: SCHEMA });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const where = !error.mark ? "" : `, line ${error.mark.line + 1}`;
    throw new ComposeError(`${file} must be YAML: ${error.reason}${where}`);
  }
  if (isMap(document)) return document;
  throw new ComposeError(
    `${file} must be a mapping with services, got ${document == null ? "nothing" : "something else"}`,
  );
}

export function isMap(value: unknown): value is YamlMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The items of a list, or of the one value that stands for a list of one; nothing is none. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A scalar as Compose takes it where it wants text. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined || value === null ? "" : String(value);
}

/** What is written as a mapping or as a list of `key=value`; a key without a value has none. */
export function pairsOf(value: unknown): readonly (readonly [key: string, value: string | undefined])[] {
  if (isMap(value)) return Object.entries(value).map(([key, each]) => [key, each == null ? undefined : textOf(each)]);
  return listOf(value).map((each) => {
    const text = textOf(each);
    const at = text.indexOf("=");
    return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  });
}
