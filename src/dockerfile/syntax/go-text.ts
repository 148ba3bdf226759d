/*
 * BuildKit is written in Go, and Go's white space and letter case differ from JavaScript's: U+0085 is a space there
 * and U+FEFF is not, `İ` has a one-letter lower case. A Dockerfile that hangs on such a letter is read as Go reads it.
 */

const BEYOND_ASCII = /[\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Whether Go's `unicode.IsSpace` holds for the UTF-16 unit `unit`; no space lies beyond the basic plane. */
export function isSpace(unit: string): boolean {
  const code = unit.charCodeAt(0);
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  return BEYOND_ASCII.test(unit);
}

/** `text` without the white space at its start. */
export function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charAt(start))) start++;
  return text.slice(start);
}

/** `text` without the white space at both ends. Why by hand: `/\s+$/` is quadratic on long runs inside a line. */
export function trimSpace(text: string): string {
  const head = trimStart(text);
  let end = head.length;
  while (end > 0 && isSpace(head.charAt(end - 1))) end--;
  return head.slice(0, end);
}

/** Go's `strings.ToLower`. */
export function lowerCase(text: string): string {
  return (text.includes("\u0130") ? text.replaceAll("\u0130", "i") : text).toLowerCase();
}

/** What Go's `strconv.ParseInt` reads of `text` in base 10; nothing where it does not fit into so many bits. */
export function readInteger(text: string, bits = 64n): bigint | undefined {
  if (!/^[-+]?[0-9]+$/.test(text)) return undefined;
  const number = BigInt(text.replace(/^\+/, ""));
  const beyond = 2n ** (bits - 1n);
  return number < beyond && number >= -beyond ? number : undefined;
}

const SEPARATORS = /[\t\v\f\r ]+/;

/** The words of `text` between runs of blanks; quotes mean nothing here. */
export function splitBlanks(text: string): string[] {
  return text.split(SEPARATORS);
}

/** `text` up to its first run of blanks, and what follows the run if there is one. */
export function cutAtBlank(text: string): [head: string, rest?: string] {
  const blank = SEPARATORS.exec(text);
  return blank ? [text.slice(0, blank.index), text.slice(blank.index + blank[0].length)] : [text];
}

/** `text` with U+FFFD for each half of a surrogate pair, which no UTF-8 can hold. */
export function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, "\ufffd") : text;
}

/** The UTF-8 bytes of `text`, one character each, for the two places where BuildKit reads bytes as if they were letters. */
export function toBytes(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The inverse of `toBytes`; bytes that are no UTF-8 become U+FFFD. */
export function fromBytes(bytes: string): string {
  return isAscii(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}
