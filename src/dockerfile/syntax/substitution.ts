import { Refusal } from "../dockerfile-error.ts";
import { WordPattern } from "./word-pattern.ts";

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
