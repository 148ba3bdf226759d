import { Refusal } from "../dockerfile-error.ts";

/** The fields of one line of comma-separated values. @throws Refusal on a stray quote, or on no text at all */
export function readCsvFields(text: string): string[] {
  if (text === "") throw new Refusal("takes a flag with at least one field", text);
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const field = text.charAt(at) === '"' ? readQuoted(text, at) : readPlain(text, at);
    fields.push(field.text);
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
