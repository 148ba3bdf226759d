import { Refusal } from "../dockerfile-error.ts";

/** A `${name…}` with something after the name. */
export interface Substitution {
  readonly name: string;
  /** What follows the name, or the colon: `-`, `+`, `?`, `#`, `%`, `/`, or a character that only an unset variable survives. */
  readonly sign: string;
  /** Whether an empty value counts as none. */
  readonly colon: boolean;
  /** Whether `//` replaces every match. */
  readonly all: boolean;
  /** The text after the sign; pattern and replacement for `/`. */
  readonly parts: string[];
}

/** What stands for the substitution when its variable has `value`. */
export function substitute(it: Substitution, value: string | undefined, keepUnset: boolean): string {
  const [word = "", replacement = ""] = it.parts;
  if (value === undefined && keepUnset) return asWritten(it, word, replacement);
  const missing = value === undefined || (it.colon && value === "");
  switch (it.sign) {
    case "-":
      return missing ? word : value;
    case "+":
      return missing ? "" : word;
    case "?":
      if (missing) throw new Refusal(word || `must not be ${value === undefined ? "unset" : "empty"}`, it.name);
      return value;
    case "#":
    case "%":
      return trim(it.sign, word, value ?? "");
    case "/":
      if (!it.colon) return new WordPattern(word).replace(value ?? "", replacement, it.all);
  }
  throw new Refusal(`\${} takes no :${it.sign} after the name`, it.name);
}

function asWritten(it: Substitution, word: string, replacement: string): string {
  if (it.sign === "/" && !it.colon) return `\${${it.name}/${word}/${replacement}}`;
  return `\${${it.name}${it.colon ? ":" : ""}${it.sign}${word}}`;
}

/** `value` without the shortest match at its start (`#`) or end (`%`), the longest where the sign is doubled. */
function trim(sign: "#" | "%", word: string, value: string): string {
  const longest = word.startsWith(sign);
  const pattern = longest ? word.slice(1) : word;
  if (sign === "%") return WordPattern.trimEnd(pattern, value, longest);
  return new WordPattern(pattern).trimStart(value, longest);
}

const PLAIN_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /\p{Nd}+/uy;
const SPECIAL = /[@*#?\-$!]/y;
const NAME = /[\p{L}\p{Nd}_]+/uy;

/** The variable name at `at` of `source`: letters, digits and underscores, digits alone, or one special character; may be empty. */
export function readName(source: string, at: number): string {
  // Patterns of all the world's letters take milliseconds to compile, and hardly any name needs them.
  PLAIN_NAME.lastIndex = at;
  const plain = PLAIN_NAME.exec(source)?.[0] ?? "";
  const next = source.charCodeAt(at + plain.length);
  if (plain !== "" && !(next >= 0x80)) return plain;
  for (const pattern of [NUMBER, SPECIAL, NAME]) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) return match[0];
  }
  return "";
}

/** The whole character at `at`, both halves of a surrogate pair; empty at the end. */
export function readCharacter(source: string, at: number): string {
  const code = source.codePointAt(at);
  return code === undefined ? "" : String.fromCodePoint(code);
}

/** One step of a pattern: a literal character, `?` or `*`. */
type Token = { readonly literal: string } | "any" | "star";

/**
 * A shell pattern inside `${name#pattern}`: `*`, `?`, and a backslash before either. Why not a regular expression:
 * those of JavaScript backtrack, and a pattern of many stars would never end.
 */
class WordPattern {
  private readonly tokens: readonly Token[];

  constructor(source: string) {
    this.tokens = [...tokens(source)];
  }

  trimStart(value: string, longest: boolean): string {
    const characters = [...value];
    const { end } = match(this.tokens, characters, 0, longest);
    return end === undefined ? value : characters.slice(end).join("");
  }

  /** Matches backwards: the pattern and the value are turned round. */
  static trimEnd(source: string, value: string, longest: boolean): string {
    const backwards = new WordPattern(reverse(source));
    return [...backwards.trimStart([...value].reverse().join(""), longest)].reverse().join("");
  }

  /** Puts `replacement` in place of the first match, the longest one there, or of every match. */
  replace(value: string, replacement: string, all: boolean): string {
    const characters = [...value];
    const out: string[] = [];
    let at = 0;
    let lastEnd = -1;
    while (at <= characters.length) {
      const { end, starred } = match(this.tokens, characters, at, true);
      if (end === undefined && starred) return out.concat(characters.slice(at)).join("");
      if (end !== undefined && (end > at || at !== lastEnd)) {
        out.push(replacement);
        if (!all) return out.concat(characters.slice(end)).join("");
        lastEnd = end;
      }
      if (end !== undefined && end > at) at = end;
      else out.push(characters[at++] ?? "");
    }
    return out.join("");
  }
}

/** `source` turned round, each escape before the character that it escapes; a lone one at the end comes first. */
function reverse(source: string): string {
  return (source.match(/\\.|./gsu) ?? []).reverse().join("");
}

/** Like a word, a pattern loses a byte order mark at its start. */
function* tokens(source: string): Iterable<Token> {
  const characters = [...source.replace(/^\ufeff/, "")];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (character === "*") yield "star";
    else if (character === "?") yield "any";
    else if (character !== "\\") yield { literal: character };
    else {
      const next = characters[at + 1];
      if (next === "}" || next === "/") continue;
      if (next !== "*" && next !== "?" && next !== "\\") throw new Refusal("a pattern escapes only * ? \\", source);
      yield { literal: next };
      at++;
    }
  }
}

/**
 * Where a match that starts at `start` ends, and whether its first star was reached: if it was and nothing matched,
 * nothing matches from further on either. All states are followed at once, so the time is bounded by their product.
 */
function match(
  pattern: readonly Token[],
  text: readonly string[],
  start: number,
  longest: boolean,
): { end?: number; starred: boolean } {
  const firstStar = pattern.indexOf("star");
  let states = close(pattern, new Set([0]));
  let end: number | undefined;
  let starred = false;
  for (let at = start; ; at++) {
    starred ||= states.has(firstStar);
    if (states.has(pattern.length)) {
      end = at;
      if (!longest) return { end, starred };
    }
    const character = text[at];
    if (character === undefined || states.size === 0) return { end, starred };
    const next = new Set<number>();
    for (const state of states) {
      const token = pattern[state];
      if (token === "star") next.add(state);
      else if (token === "any" || (token && token.literal === character)) next.add(state + 1);
    }
    states = close(pattern, next);
  }
}

/** Adds the states that a star lets pass. */
function close(pattern: readonly Token[], states: Set<number>): Set<number> {
  for (const state of states) if (pattern[state] === "star") states.add(state + 1);
  return states;
}
