import { cleanPath } from "./clean-path.ts";
import { decodeText } from "./decode-text.ts";
import { DockerIgnoreError } from "./docker-ignore-error.ts";

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
