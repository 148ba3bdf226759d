import type { EscapeCharacter } from "./directives.ts";
import { cutAtBlank, fromBytes, isSpace, toBytes, trimSpace } from "./go-text.ts";

/** An instruction's line, cut into its three parts. */
export interface CommandLine {
  /** The first word as written. */
  readonly keyword: string;
  /** The `--name=value` words, their quotes and escapes taken off. */
  readonly flags: readonly string[];
  /** What follows the flags, trimmed. */
  readonly rest: string;
}

/** Cuts `line` into keyword, flags and the rest. */
export function splitCommandLine(line: string, escapeMark: EscapeCharacter): CommandLine {
  const [keyword, tail] = cutAtBlank(trimSpace(line));
  if (tail === undefined) return { keyword, flags: [], rest: "" };
  const bytes = toBytes(tail);
  const { flags, end } = readFlagWords(bytes, escapeMark);
  return { keyword, flags, rest: trimSpace(end === 0 ? tail : fromBytes(bytes.slice(end))) };
}

/**
 * Reads flag words up to the first word that is none, or past a lone `--`. BuildKit takes the line byte by byte here:
 * a flag's letters beyond ASCII arrive garbled, and the bytes 85 and A0 inside them count as white space.
 */
function readFlagWords(bytes: string, escapeMark: EscapeCharacter): { flags: string[]; end: number } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (at < bytes.length && isSpace(bytes.charAt(at))) at++;
    if (!bytes.startsWith("--", at)) return { flags, end: at };
    const word = readFlagWord(bytes, at, escapeMark);
    at = word.end;
    if (word.text === "--") return { flags, end: at };
    flags.push(word.text);
  }
}

/** The flag word at `start`, which starts with two dashes. */
function readFlagWord(bytes: string, start: number, escapeMark: EscapeCharacter): { text: string; end: number } {
  let text = "";
  let quote = "";
  let at = start;
  for (; at < bytes.length; at++) {
    const character = bytes.charAt(at);
    if (quote === "" && isSpace(character)) break;
    if (character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    else if (character === escapeMark) {
      at++;
      text += bytes.charAt(at);
    } else text += character;
  }
  return { text, end: Math.min(at, bytes.length) };
}
