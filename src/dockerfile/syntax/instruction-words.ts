import { Refusal } from "../dockerfile-error.ts";
import type { EscapeCharacter } from "./directives.ts";
import { cutAtBlank, isSpace } from "./go-text.ts";

/** The words of `text`; quotes and escapes keep a word together and stay in it. */
export function splitWords(text: string, escapeMark: EscapeCharacter): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isSpace(text.charAt(at))) at++;
    if (at === text.length) return words;
    const word = readWord(text, at, escapeMark);
    at = word.end;
    if (word.text !== "") words.push(word.text);
  }
}

/** The word at `start`, which is no white space. An escape character at the very end is dropped. */
function readWord(text: string, start: number, escapeMark: EscapeCharacter): { text: string; end: number } {
  let quote = "";
  let dropped = 0;
  let at = start;
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote === "" && isSpace(character)) break;
    if (character === escapeMark && quote !== "'") {
      if (at + 1 === text.length) dropped = 1;
      else at++;
    } else if (character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
  }
  return { text: text.slice(start, at - dropped), end: at };
}

/** One `name=value` of ENV or LABEL, both as written. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** `ENV name value`, the old form for one variable. */
  readonly legacy?: true;
}

const QUOTE_SPACES = "quote a value that holds spaces";

/** Reads what follows ENV or LABEL. No value enters a message: it may be a secret. */
export function readAssignments(rest: string, keyword: string, escapeMark: EscapeCharacter): Assignment[] {
  const words = splitWords(rest, escapeMark);
  const first = words[0];
  if (first === undefined) return [];
  if (!first.includes("=")) {
    const [name, value] = cutAtBlank(rest);
    if (value === undefined) throw new Refusal(`${keyword} needs a name and a value`, name, "write name=value");
    return [{ name, value, legacy: true }];
  }
  const pairs: Assignment[] = [];
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 0) {
      const before = pairs.at(-1)?.name;
      throw new Refusal(`${keyword} takes name=value, and after this one comes something else`, before, QUOTE_SPACES);
    }
    pairs.push({ name: word.slice(0, equals), value: word.slice(equals + 1) });
  }
  return pairs;
}
