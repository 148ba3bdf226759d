/** A piece of TypeScript: written as it stands, or a list, an object or a call that is broken where it gets too long. */
export type Code = string | CodeList | CodeObject | CodeCall | CodeChain | CodeLines;

export interface CodeList {
  readonly list: readonly Code[];
}

export interface CodeObject {
  /** A property without a value is of the variable of its name. */
  readonly properties: readonly (readonly [name: string, value: Code | undefined])[];
}

export interface CodeCall {
  readonly call: string;
  readonly with: readonly Code[];
}

/** Calls one behind the other, `Dockerfile.from(…).copy(…)`. */
export interface CodeChain {
  readonly chain: readonly CodeCall[];
}

/** A text of several lines, as a list that is joined. */
export interface CodeLines {
  readonly lines: readonly string[];
}

export const call = (name: string, ...given: readonly Code[]): CodeCall => ({ call: name, with: given });

/** An object of those properties that are there. */
export function object(properties: Readonly<Record<string, Code | undefined>>): CodeObject {
  return { properties: Object.entries(properties).filter(([, value]) => value !== undefined) };
}

/** The width that Biome and Prettier are usually told, and this project's own. */
const WIDTH = 120;

const IDENTIFIER = /^[A-Za-z_$][A-Za-z0-9_$]*$/;

/** `text` as a literal, in the quotes that need fewer escapes; as a template where it looks like one. */
export function quoted(text: string): string {
  if (text.includes("${")) return `\`${inTemplate(text)}\``;
  const double = JSON.stringify(text)
    .replaceAll("\u007f", "\\u007f")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
  const marks = (mark: string) => text.split(mark).length;
  if (marks('"') <= marks("'")) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** `text` as it stands within a template. */
export function inTemplate(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("`", "\\`").replaceAll("${", "\\${");
}

/**
 * `code` as the formatters of the field print it.
 *
 * @param indent of the line that it begins on @param column where it begins @param after how much follows it in its line
 */
export function printed(code: Code, indent = 0, column = indent, after = 0): string {
  const line = flat(code);
  if (typeof code === "string") return column + line.length + after <= WIDTH ? line : atOperator(line, indent + 2);
  if (column + line.length + after <= WIDTH) return line;
  const inner = indent + 2;
  const lines = (parts: readonly string[]) => parts.map((part) => `${" ".repeat(inner)}${part},\n`).join("");
  const end = " ".repeat(indent);
  if ("list" in code)
    return code.list.length === 0
      ? line
      : `[\n${lines(code.list.map((each) => printed(each, inner, inner, 1)))}${end}]`;
  if ("properties" in code) {
    return code.properties.length === 0
      ? line
      : `{\n${lines(code.properties.map((each) => property(each, inner)))}${end}}`;
  }
  if ("chain" in code) return chain(code, inner, column);
  if ("lines" in code) return `${broken({ list: code.lines.map(quoted) }, indent)}.join("\\n")`;
  const first = code.with.slice(0, -1).map(flat);
  const last = code.with.at(-1);
  const head = `${code.call}(${first.map((each) => `${each}, `).join("")}`;
  if (canHug(code.with) && column + head.length < WIDTH) return `${head}${broken(last as CodeList, indent)})`;
  if (code.with.length === 0) return line;
  return `${code.call}(\n${lines(code.with.map((each) => printed(each, inner, inner, 1)))}${end})`;
}

/** Whether the last of them alone is broken: a list or an object, and none like it in front. */
function canHug(given: readonly Code[]): boolean {
  const [last, before] = given
    .toReversed()
    .map((code) =>
      typeof code === "string" ? "text" : "list" in code ? "list" : "properties" in code ? "object" : "call",
    );
  return (last === "list" || last === "object") && last !== before;
}

/** A list or an object, broken even where it would fit. */
function broken(code: CodeList | CodeObject, indent: number): string {
  return printed(code, indent, WIDTH);
}

function property([name, value]: CodeObject["properties"][number], indent: number): string {
  if (value === undefined) return name;
  const key = keyOf(name);
  const column = indent + key.length + 2;
  const line = flat(value);
  const isLong = column + line.length + 1 > WIDTH;
  // a formatter puts a long text below its key, and leaves a template where it is
  if (typeof value === "string" && isLong && !value.startsWith("`") && key.length > 2)
    return `${key}:\n${" ".repeat(indent + 2)}${indent + 2 + line.length < WIDTH ? line : atOperator(line, indent + 2)}`;
  return `${key}: ${printed(value, indent, column, 1)}`;
}

/** A variable with what stands for it, which is put into the next line. */
function atOperator(text: string, indent: number): string {
  return text.replace(/^(process\.env\.\w+ (?:\?\?|\|\|)) /, `$1\n${" ".repeat(indent)}`);
}

function chain({ chain: calls }: CodeChain, inner: number, column: number): string {
  const [first, ...others] = calls.map((each, index) => (index === 0 ? printed(each, inner - 2, column) : flat(each)));
  if (calls.length < 3) return printedLast(calls, inner - 2, column);
  return [first, ...others.map((each) => `\n${" ".repeat(inner)}.${each}`)].join("");
}

/** Two calls stay in a line, the last of them broken. */
function printedLast(calls: readonly CodeCall[], indent: number, column: number): string {
  const last = calls.at(-1) as CodeCall;
  const head = calls
    .slice(0, -1)
    .map((each) => `${flat(each)}.`)
    .join("");
  return `${head}${printed(last, indent, column + head.length)}`;
}

function flat(code: Code): string {
  if (typeof code === "string") return code;
  if ("list" in code) return `[${code.list.map(flat).join(", ")}]`;
  if ("chain" in code) return code.chain.map(flat).join(".");
  if ("lines" in code) return `[${code.lines.map(quoted).join(", ")}].join("\\n")`;
  if ("call" in code) return `${code.call}(${code.with.map(flat).join(", ")})`;
  if (code.properties.length === 0) return "{}";
  const properties = code.properties.map(([name, value]) =>
    value === undefined ? name : `${keyOf(name)}: ${flat(value)}`,
  );
  return `{ ${properties.join(", ")} }`;
}

function keyOf(name: string): string {
  return IDENTIFIER.test(name) ? name : quoted(name);
}
