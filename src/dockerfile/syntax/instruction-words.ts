import { Refusal } from "../dockerfile-error.ts";
import type { EscapeCharacter } from "./directives.ts";
import { cutAtBlank, fromBytes, isSpace, toBytes, trimSpace, trimStart, wellFormed } from "./go-text.ts";

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
  const { words, end } = readFlagWords(bytes, escapeMark);
  return {
    keyword,
    flags: words.map(({ text }) => text),
    rest: trimSpace(end === 0 ? tail : fromBytes(bytes.slice(end))),
  };
}

/** A word of an instruction's line and where it stands in it. */
export interface PlacedWord {
  /** Without its quotes and escapes. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Where each character of `text` stands. */
  readonly places: readonly number[];
}

/** Where the flags of `line` stand, and where what follows them starts. */
export function placeWords(line: string, escapeMark: EscapeCharacter): { flags: PlacedWord[]; rest: number } {
  const [keyword, tail] = cutAtBlank(trimStart(line));
  if (tail === undefined) return { flags: [], rest: line.length };
  const tailStart = line.indexOf(tail, line.indexOf(keyword) + keyword.length);
  const bytes = toBytes(tail);
  const inLine = (byte: number) => tailStart + fromBytes(bytes.slice(0, byte)).length;
  const { words, end } = readFlagWords(bytes, escapeMark);
  const flags = words.map(({ text, start, end, places }) => ({
    text,
    start: inLine(start),
    end: inLine(end),
    places: places.map(inLine),
  }));
  const rest = inLine(end);
  return { flags, rest: rest + line.slice(rest).length - trimStart(line.slice(rest)).length };
}

/**
 * Reads flag words up to the first word that is none, or past a lone `--`. BuildKit takes the line byte by byte here:
 * a flag's letters beyond ASCII arrive garbled, and the bytes 85 and A0 inside them count as white space.
 */
function readFlagWords(bytes: string, escapeMark: EscapeCharacter): { words: PlacedWord[]; end: number } {
  const words: PlacedWord[] = [];
  let at = 0;
  for (;;) {
    while (at < bytes.length && isSpace(bytes.charAt(at))) at++;
    if (!bytes.startsWith("--", at)) return { words, end: at };
    const word = readFlagWord(bytes, at, escapeMark);
    at = word.end;
    if (word.text === "--") return { words, end: at };
    words.push(word);
  }
}

/** The flag word at `start`, which starts with two dashes. */
function readFlagWord(bytes: string, start: number, escapeMark: EscapeCharacter): PlacedWord {
  const places: number[] = [];
  let text = "";
  let quote = "";
  let at = start;
  for (; at < bytes.length; at++) {
    const character = bytes.charAt(at);
    if (quote === "" && isSpace(character)) break;
    if (character === quote) quote = "";
    else if (quote === "" && (character === "'" || character === '"')) quote = character;
    else {
      if (character === escapeMark) at++;
      if (at < bytes.length) places.push(at);
      text += bytes.charAt(at);
    }
  }
  return { text, start, end: Math.min(at, bytes.length), places };
}

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

/** Go's decoder gives up below this depth, so such text is no JSON to the builder. */
const DEEPEST_JSON = 10_000;

/**
 * The strings of a JSON array, or nothing where `text` is not JSON and means a shell command or plain words.
 * @throws Refusal when it is a JSON array that holds something else than strings
 */
export function readJsonArray(text: string): string[] | undefined {
  const trimmed = trimStart(text);
  if (!trimmed.startsWith("[")) return undefined;
  const value = parse(trimmed);
  if (!Array.isArray(value)) return undefined;
  const other = value.find((item) => typeof item !== "string");
  if (other === undefined) return value.map(wellFormed);
  if (!goDecodes(trimmed, value)) return undefined;
  throw new Refusal("JSON arrays hold strings only", other, "put each argument in double quotes");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether Go decodes the array too: it refuses deep nesting and numbers beyond a double, which JavaScript takes. */
function goDecodes(text: string, value: unknown[]): boolean {
  if (deepest(text) > DEEPEST_JSON) return false;
  return !holdsInfinity(value);
}

function deepest(json: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "[" || character === "{") most = Math.max(most, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return most;
}

function holdsInfinity(value: unknown): boolean {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next === "number" && !Number.isFinite(next)) return true;
    if (typeof next === "object" && next !== null) for (const inner of Object.values(next)) pending.push(inner);
  }
  return false;
}
