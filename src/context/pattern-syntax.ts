import { hasUndecodedByte } from "./decode-text.ts";

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
