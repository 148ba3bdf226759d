/** What {@link yaml} prints. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

// printable ASCII lines that end in no space, the first one with text not indented and the last one not empty:
// what a block keeps as it is
const BLOCK = /^(?!\n* )(?:(?:[\t\x20-\x7e]*[\x21-\x7e])?\n)*[\t\x20-\x7e]*[\x21-\x7e]\n$/;

/**
 * `value` as YAML in block style: a text of several lines is readable as it stands, every other one is quoted, so that
 * nothing turns into a number, a date or a truth value on its way. Why it is written here: these bytes are user data, and
 * other bytes are another instance; a library that quotes otherwise in its next version would replace every host.
 */
export function yaml(value: { readonly [key: string]: YamlValue | undefined }): string {
  return entries(value, "").join("");
}

function entries(map: { readonly [key: string]: YamlValue | undefined }, indent: string): string[] {
  return Object.entries(map).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [`${indent}${/^[a-z_]+$/.test(key) ? key : JSON.stringify(key)}:${print(value, indent)}`],
  );
}

/** The value behind `key:` or `-`, the line's end included. */
function print(value: YamlValue, indent: string): string {
  if (typeof value === "string") return ` ${text(value, indent)}\n`;
  if (typeof value !== "object") return ` ${value}\n`;
  if (isList(value)) {
    if (value.length === 0) return " []\n";
    return `\n${value.map((item) => listItem(item, indent)).join("")}`;
  }
  const inner = entries(value, `${indent}  `);
  return inner.length === 0 ? " {}\n" : `\n${inner.join("")}`;
}

function listItem(item: YamlValue, indent: string): string {
  if (typeof item !== "object" || isList(item)) return `${indent}-${print(item, `${indent}  `)}`;
  const inner = entries(item, `${indent}  `);
  return inner.length === 0 ? `${indent}- {}\n` : `${indent}- ${inner.join("").slice(indent.length + 2)}`;
}

function text(value: string, indent: string): string {
  if (!value.includes("\n") || !BLOCK.test(value)) return JSON.stringify(value).replaceAll("\x7f", "\\u007f");
  const lines = value.slice(0, -1).split("\n");
  return ["|", ...lines.map((line) => (line === "" ? "" : `${indent}  ${line}`))].join("\n");
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}
