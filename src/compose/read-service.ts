import type { ComposeFile } from "./compose-file.ts";
import { Notes } from "./note.ts";
import { plainText, readText, type Text, variablesOf } from "./variable-text.ts";
import { isMap, textOf, type YamlMap } from "./yaml-document.ts";

/** Which kind of host a stack is written for. */
export type HostKind = "local" | "aws";

/** A service of a compose file as those read it who translate its keys. */
export interface ReadService {
  readonly composeName: string;
  readonly name: string;
  /** As the file has it. */
  readonly raw: YamlMap;
  /** With the value that each variable has without an environment. */
  readonly plain: YamlMap;
  readonly notes: Notes;
  readonly file: ComposeFile;
  readonly host: HostKind;
  /** The folder of the project that is written. */
  readonly directory: string;
  /** What volumes are called here, by the file's name. */
  readonly volumeNames: ReadonlyMap<string, string>;
  /** Volumes that several services have. */
  readonly sharedVolumes: ReadonlySet<string>;
  text(value: unknown): Text;
}

/** Keys whose variables stay variables of the program. */
const WITH_VARIABLES = new Set(["image", "environment", "command", "entrypoint", "healthcheck", "labels", "build"]);

export function readService(of: Omit<ReadService, "plain" | "notes" | "text" | "raw">, raw: YamlMap): ReadService {
  const { defaults } = of.file;
  const notes = new Notes();
  const text = (value: unknown) => readText(textOf(value), defaults);
  for (const [key, value] of Object.entries(raw)) {
    if (WITH_VARIABLES.has(key) || key.startsWith("x-")) continue;
    const names = [...new Set(variablesIn(value, text))];
    if (names.length === 0) continue;
    const shown = names.map((name) => `$${name}`).join(", ");
    notes.add(key, `says ${shown}: what that is without an environment is written here`);
  }
  return { ...of, raw, plain: resolved(raw, text) as YamlMap, notes, text };
}

function resolved(value: unknown, text: (value: unknown) => Text): unknown {
  if (typeof value === "string") return plainText(text(value));
  if (Array.isArray(value)) return value.map((each) => resolved(each, text));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each, text)]));
}

function variablesIn(value: unknown, text: (value: unknown) => Text): string[] {
  if (typeof value === "string") return variablesOf(text(value));
  if (Array.isArray(value)) return value.flatMap((each) => variablesIn(each, text));
  return isMap(value) ? Object.values(value).flatMap((each) => variablesIn(each, text)) : [];
}
