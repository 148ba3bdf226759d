import { ComposeError } from "./compose-error.ts";

/** A variable of the environment within a text, `${NAME:-fallback}` and its relatives. */
export interface Variable {
  readonly kind: "variable";
  readonly name: string;
  /** What stands for it where it is not set. */
  readonly fallback?: Text;
  /** Whether an empty value counts as not set. */
  readonly refusesEmpty: boolean;
}

/** Where a neighbour is reached, which its host knows. */
export interface NeighbourAddress {
  readonly kind: "neighbour";
  readonly service: string;
  /** `url` with `http://` in front, `address` as `name:port`, or one of its two halves. */
  readonly form: "url" | "address" | "name" | "port";
}

export type TextPart = string | Variable | NeighbourAddress;

/** A text of a compose file. */
export type Text = readonly TextPart[];

// github.com/compose-spec/compose-go, template/template.go: `$$`, `$name`, `${name}` and `${name` with an operator
const START = /\$(?:(\$)|([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*))/g;

/**
 * Reads a text with Compose's variables.
 *
 * @param defaults what `.env` says, which counts before the text's own fallback
 * @throws ComposeError for what Compose refuses, too
 */
export function readText(text: string, defaults: Readonly<Record<string, string>> = {}): Text {
  const parts: TextPart[] = [];
  let from = 0;
  START.lastIndex = 0;
  for (let match = START.exec(text); match; match = START.exec(text)) {
    parts.push(text.slice(from, match.index));
    const [whole, dollar, plain, braced] = match;
    from = match.index + whole.length;
    if (dollar) parts.push("$");
    else if (plain !== undefined) parts.push(variable(plain, "", "", defaults));
    else {
      const end = closing(text, from);
      const [, operator = "", rest = ""] = /^(:?[-?+])?([\s\S]*)$/.exec(text.slice(from, end)) ?? [];
      if (operator === "" && rest !== "") throw refusal(text);
      parts.push(variable(braced as string, operator, rest, defaults));
      from = end + 1;
    }
    START.lastIndex = from;
  }
  parts.push(text.slice(from));
  return joined(parts);
}

/** The text with each variable's fallback in its place; what has none is empty, as Compose has it. */
export function plainText(text: Text): string {
  return text
    .map((part) => {
      if (typeof part === "string") return part;
      return part.kind === "variable" ? plainText(part.fallback ?? []) : part.service;
    })
    .join("");
}

/** The variables of a text, those in fallbacks too. */
export function variablesOf(text: Text): string[] {
  return text.flatMap((part) =>
    typeof part === "string" || part.kind !== "variable" ? [] : [part.name, ...variablesOf(part.fallback ?? [])],
  );
}

/** Neighbouring strings as one, and none that is empty. */
export function joined(parts: Text): Text {
  const result: TextPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (part === "") continue;
    if (typeof part === "string" && typeof last === "string") result[result.length - 1] = last + part;
    else result.push(part);
  }
  return result;
}

function variable(name: string, operator: string, rest: string, defaults: Readonly<Record<string, string>>): TextPart {
  const known = Object.hasOwn(defaults, name) ? defaults[name] : undefined;
  if (operator.endsWith("+")) return known === undefined ? "" : plainText(readText(rest, defaults));
  const refusesEmpty = operator.startsWith(":");
  const own = operator.endsWith("-") ? readText(rest, defaults) : undefined;
  const fallback = known === undefined || (refusesEmpty && known === "") ? own : [known].filter(Boolean);
  return { kind: "variable", name, ...(fallback && { fallback }), refusesEmpty };
}

/** Where the brace closes that is open at `from`. */
function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("${", at)) depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  throw refusal(text);
}

function refusal(text: string): ComposeError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new ComposeError(
    `a variable must be written $NAME or \${NAME:-default}, got ${JSON.stringify(shown)}; a dollar sign alone is $$`,
  );
}
