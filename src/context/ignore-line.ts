import { InvalidValueError } from "../values/invalid-value-error.ts";
import { cleanPath, decodeText, hasUndecodedByte } from "./context-path.ts";

/** One line of an ignore file that says something. */
export interface IgnoreLine {
  /** Counted from 1. */
  readonly number: number;
  /** As it was typed, without the white space around it. */
  readonly source: string;
  /** As Docker's reader hands it on: cleaned, one leading slash off, `!` kept. */
  readonly pattern: string;
}

// Go's bufio.Scanner gives up when line and newline together do not fit its buffer.
const LONGEST_LINE = 64 * 1024 - 1;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
// Unicode's White_Space, which is what Go trims; JavaScript's trim leaves U+0085 and takes U+FEFF.
const SPACE = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const LEADING_SPACE = new RegExp(`^${SPACE}+`);

/** Reads an ignore file as moby's `ignorefile.ReadAll` does. @throws DockerIgnoreError when a line is too long */
export function readIgnoreLines(bytes: Buffer, file: string): IgnoreLine[] {
  const lines: IgnoreLine[] = [];
  let number = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline;
    number += 1;
    if (end - start > LONGEST_LINE) {
      const pattern = decodeText(bytes.subarray(start, start + 200));
      throw new DockerIgnoreError({ file, line: number, pattern, reason: `line is longer than ${LONGEST_LINE} bytes` });
    }
    let line = bytes.subarray(start, bytes[end - 1] === 0x0d && end > start ? end - 1 : end);
    if (number === 1 && line.subarray(0, 3).equals(BYTE_ORDER_MARK)) line = line.subarray(3);
    const read = readIgnoreLine(decodeText(line), number);
    if (read) lines.push(read);
    start = end + 1;
  }
  return lines;
}

function readIgnoreLine(text: string, number: number): IgnoreLine | undefined {
  if (text.startsWith("#")) return undefined;
  const source = trimSpace(text);
  if (source === "") return undefined;
  const inverted = source.startsWith("!");
  let pattern = inverted ? trimSpace(source.slice(1)) : source;
  if (pattern !== "") pattern = cleanPath(pattern);
  if (pattern.length > 1 && pattern.startsWith("/")) pattern = pattern.slice(1);
  return { number, source, pattern: inverted ? `!${pattern}` : pattern };
}

/** Takes away what Go's `strings.TrimSpace` takes away. */
export function trimSpace(text: string): string {
  let end = text.length;
  while (end > 0 && LEADING_SPACE.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end).replace(LEADING_SPACE, "");
}

const BAD = Symbol("bad pattern");
type Rest = number | typeof BAD;

/**
 * Whether Go's `filepath.Match(pattern, ".")` accepts the pattern. Why word by word: Docker refuses a file exactly
 * when this call fails, and the call stops reading at the first part that does not match `.`, so that `a*[` passes.
 */
export function isPatternSyntax(pattern: string): boolean {
  let rest = [...pattern];
  let name = ".";
  while (rest.length > 0) {
    const { star, chunk, after } = scanChunk(rest);
    rest = after;
    if (star && chunk.length === 0) return true;
    const tail = matchChunk(chunk, name);
    if (tail === "bad") return false;
    if (tail !== undefined && (tail === "" || rest.length > 0)) {
      name = tail;
      continue;
    }
    if (!star || name === "") return true;
    const skipped = matchChunk(chunk, "");
    if (skipped === "bad") return false;
    if (skipped === undefined) return true;
    name = skipped;
  }
  return true;
}

function scanChunk(pattern: readonly string[]): { star: boolean; chunk: string[]; after: string[] } {
  let start = 0;
  while (pattern[start] === "*") start += 1;
  let inRange = false;
  let end = start;
  for (; end < pattern.length; end += 1) {
    const c = pattern[end];
    if (c === "\\") {
      if (end + 1 < pattern.length) end += 1;
    } else if (c === "[") inRange = true;
    else if (c === "]") inRange = false;
    else if (c === "*" && !inRange) break;
  }
  return { star: start > 0, chunk: pattern.slice(start, end), after: pattern.slice(end) };
}

/** What is left of `name`, undefined when the chunk does not match it, "bad" when the chunk is malformed. */
function matchChunk(chunk: readonly string[], name: string): string | undefined | "bad" {
  let failed = false;
  let left = name;
  for (let at = 0; at < chunk.length; ) {
    failed ||= left === "";
    const c = chunk[at] as string;
    if (c === "[") {
      const parsed = matchClass(chunk, at + 1, left);
      if (parsed === BAD) return "bad";
      failed ||= !parsed.matched;
      at = parsed.next;
    } else {
      if (c === "\\") at += 1;
      if (at >= chunk.length) return "bad";
      failed ||= c !== "?" && chunk[at] !== left;
      at += 1;
    }
    left = "";
  }
  return failed ? undefined : left;
}

function matchClass(
  chunk: readonly string[],
  start: number,
  name: string,
): { matched: boolean; next: number } | typeof BAD {
  const wanted = name.codePointAt(0) ?? -1;
  const negated = chunk[start] === "^";
  let at = negated ? start + 1 : start;
  let matched = false;
  for (let first = true; first || chunk[at] !== "]"; first = false) {
    const low = classCharacter(chunk, at);
    if (low === BAD) return BAD;
    let high = low;
    if (chunk[low] === "-") {
      const to = classCharacter(chunk, low + 1);
      if (to === BAD) return BAD;
      high = to;
    }
    matched ||= codeBefore(chunk, low) <= wanted && wanted <= codeBefore(chunk, high);
    at = high;
  }
  return { matched: matched !== negated, next: at + 1 };
}

/** The place after the character at `at`; a class that ends here is malformed. */
function classCharacter(chunk: readonly string[], at: number): Rest {
  const c = chunk[at];
  if (c === undefined || c === "-" || c === "]") return BAD;
  const end = c === "\\" ? at + 2 : at + 1;
  const character = chunk[end - 1];
  if (character === undefined || hasUndecodedByte(character) || end >= chunk.length) return BAD;
  return end;
}

function codeBefore(chunk: readonly string[], end: number): number {
  return chunk[end - 1]?.codePointAt(0) ?? -1;
}

/** Where an ignore file is wrong, and how. */
export interface DockerIgnoreProblem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The pattern as it was typed. */
  readonly pattern: string;
  /** What the engine says about it. */
  readonly reason: string;
  /** The path that the pattern fails on, where reading the file alone did not show it. */
  readonly path?: string;
}

/** An ignore file that the engine refuses, or a pattern of it that fails on a path. */
export class DockerIgnoreError extends InvalidValueError implements DockerIgnoreProblem {
  readonly file: string;
  readonly line: number;
  readonly pattern: string;
  readonly reason: string;
  readonly path?: string;

  constructor(problem: DockerIgnoreProblem) {
    const { file, line, reason, pattern, path } = problem;
    const on = path === undefined ? "" : `, on path ${JSON.stringify(path)}`;
    super({
      subject: `${file} line ${line}`,
      rule: `is refused by Docker (${reason}${on})`,
      got: pattern,
      remedy: REMEDY,
    });
    this.file = file;
    this.line = line;
    this.pattern = pattern;
    this.reason = reason;
    this.path = path;
  }
}

const REMEDY = 'correct the pattern, or write "\\\\" before a character that stands for itself';
