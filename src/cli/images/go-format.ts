/** What `--format` cannot be, with what there is. */
export class FormatError extends Error {
  readonly exitStatus = 2;
}

/** A field that a template may name: what Docker's table calls it, and its text. */
export interface Field<T> {
  readonly header: string;
  readonly of: (row: T) => string;
}

type Fields<T> = Readonly<Record<string, Field<T>>>;
type Piece = { readonly text: string } | { readonly name?: string; readonly json: boolean };

/**
 * Rows as a template of Docker's own words has them: `{{.Field}}`, `{{json .}}`, `{{json .Field}}`, with `table` in front
 * for headers and columns, or `json` alone. Why no more of Go's language: whatever needs a condition is better off with --json.
 *
 * @throws {FormatError} for a field or a word that there is not
 * @see https://docs.docker.com/engine/cli/formatting/
 */
export function formatRows<T>(template: string, fields: Fields<T>, rows: readonly T[]): string[] {
  if (template === "json") return rows.map((row) => JSON.stringify(everyField(fields, row)));
  const plain = template.replaceAll("\\t", "\t").replaceAll("\\n", "\n");
  const [, isTable, text = ""] = /^(table(?:\s|$))?([\s\S]*)$/.exec(plain) ?? [];
  if (text.trim() === "") throw refusal(template, fields, "has no field");
  const pieces = read(text, fields);
  const print = (of: (name: string | undefined, json: boolean) => string) =>
    pieces.map((piece) => ("text" in piece ? piece.text : of(piece.name, piece.json))).join("");
  const lines = rows.map((row) =>
    print((name, json) => {
      const value = name === undefined ? everyField(fields, row) : (fields[name] as Field<T>).of(row);
      return json ? JSON.stringify(value) : String(value);
    }),
  );
  if (!isTable) return lines;
  return aligned([print((name) => (name === undefined ? "" : (fields[name] as Field<T>).header)), ...lines]);
}

function read<T>(text: string, fields: Fields<T>): Piece[] {
  const pieces: Piece[] = [];
  for (const part of text.split(/(\{\{.*?\}\})/)) {
    if (!/^\{\{.*\}\}$/.test(part)) {
      if (part.includes("{{")) throw refusal(text, fields, "has a {{ without its }}");
      if (part !== "") pieces.push({ text: part });
      continue;
    }
    const [, json, name] = /^\{\{\s*(json\s+)?\.([A-Za-z]*)\s*\}\}$/.exec(part) ?? [];
    if (name === undefined || (name === "" && !json)) throw refusal(part, fields, "is no field");
    if (name !== "" && !Object.hasOwn(fields, name)) throw refusal(part, fields, "is no field that there is");
    pieces.push({ ...(name === "" ? {} : { name }), json: json !== undefined });
  }
  return pieces;
}

function everyField<T>(fields: Fields<T>, row: T): Record<string, string> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, (fields[name] as Field<T>).of(row)]));
}

/** Columns that tabs part, as Docker's own tables have them: three spaces between. */
function aligned(lines: readonly string[]): string[] {
  const rows = lines.map((line) => line.split("\t"));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("   ")
      .trimEnd(),
  );
}

function refusal<T>(got: string, fields: Fields<T>, why: string): FormatError {
  const words = Object.keys(fields).map((name) => `{{.${name}}}`);
  return new FormatError(`--format: ${got} ${why}: there are ${words.join(", ")}, table in front of them, and json`);
}
