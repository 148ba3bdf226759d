import { nearest } from "../../values/nearest-word.cjs";
import { Refusal } from "../dockerfile-error.ts";
import { lowerCase } from "../syntax/go-text.ts";
import type { Heredoc } from "../syntax/heredoc.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Command } from "./instruction.ts";

/** An instruction's words, and the heredocs that its line opened. */
export interface InstructionSource extends SyntaxNode {
  readonly heredocs: readonly Heredoc[];
}

/** The command that `args` are: a JSON array as it is, other words as one text for the shell. */
export function readCommand(
  source: { readonly json: boolean; readonly heredocs: readonly Heredoc[] },
  args: readonly string[],
): Command {
  if (source.json) return { form: "exec", argv: args };
  const heredocs = source.heredocs.map(({ name, content, chomp }) => ({ name, content, chomp }));
  return { form: "shell", text: args.join(" "), heredocs };
}

/** What a flag takes: `--link[=true]`, `--from=x` once, or `--mount=x` any number of times. */
export type FlagKind = "boolean" | "text" | "texts";

type Value<K extends FlagKind> = K extends "boolean" ? boolean : K extends "text" ? string : readonly string[];

/** The flags that were given. */
export type Flags<Kinds extends Record<string, FlagKind>> = { readonly [name in keyof Kinds]?: Value<Kinds[name]> };

/** Reads `words` as the flags `kinds`. @throws Refusal on an unknown flag, one given twice, one with the wrong value */
export function readFlags<const Kinds extends Record<string, FlagKind>>(
  words: readonly string[],
  kinds: Kinds,
): Flags<Kinds> {
  const values: Record<string, boolean | string | string[]> = {};
  for (const word of words) {
    const equals = word.indexOf("=");
    const flag = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? undefined : word.slice(equals + 1);
    const name = flag.slice(2);
    if (!Object.hasOwn(kinds, name)) {
      const meant = nearest(name, Object.keys(kinds));
      throw new Refusal("has an unknown flag", flag, meant && `did you mean --${meant}?`);
    }
    const earlier = values[name];
    if (kinds[name] === "texts") values[name] = [...(Array.isArray(earlier) ? earlier : []), needValue(flag, value)];
    else if (earlier !== undefined) throw new Refusal("takes a flag once", flag);
    else values[name] = kinds[name] === "boolean" ? readBoolean(flag, value) : needValue(flag, value);
  }
  return values as Flags<Kinds>;
}

function needValue(flag: string, value: string | undefined): string {
  if (value === undefined) throw new Refusal("has a flag without a value", flag, `write ${flag}=…`);
  return value;
}

function readBoolean(flag: string, value = "true"): boolean {
  const text = lowerCase(value);
  if (text !== "true" && text !== "false") throw new Refusal(`${flag} takes true or false`, value);
  return text === "true";
}

/** The fields of one line of comma-separated values. @throws Refusal on a stray quote, or on no text at all */
export function readCsvFields(text: string): string[] {
  return placeCsvFields(text).map((field) => field.text);
}

/** A field and where it starts, its opening quote passed. */
export interface CsvField {
  readonly text: string;
  readonly start: number;
}

/** The fields of `readCsvFields`, and where they stand. */
export function placeCsvFields(text: string): CsvField[] {
  if (text === "") throw new Refusal("takes a flag with at least one field", text);
  const fields: CsvField[] = [];
  let at = 0;
  for (;;) {
    const quoted = text.charAt(at) === '"';
    const field = quoted ? readQuoted(text, at) : readPlain(text, at);
    fields.push({ text: field.text, start: quoted ? at + 1 : at });
    if (field.end === text.length) return fields;
    if (text.charAt(field.end) !== ",") throw new Refusal("has a quoted field with text after it", text);
    at = field.end + 1;
  }
}

function readPlain(text: string, start: number): { text: string; end: number } {
  const comma = text.indexOf(",", start);
  const end = comma < 0 ? text.length : comma;
  const field = text.slice(start, end);
  if (field.includes('"')) throw new Refusal('has a " inside a field that is not quoted', field);
  return { text: field, end };
}

function readQuoted(text: string, start: number): { text: string; end: number } {
  let field = "";
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new Refusal('has a field whose " is not closed', text.slice(start));
    field += text.slice(at, quote);
    if (text.charAt(quote + 1) !== '"') return { text: field, end: quote + 1 };
    field += '"';
    at = quote + 2;
  }
}
