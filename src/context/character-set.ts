/** Which characters a place of a pattern accepts, by code point. */
export type CharacterSet = (code: number) => boolean;

/** A pattern that Go's regexp package refuses. */
export class ExpressionError extends Error {}

const DIGIT = ranges("09");
const WORD = ranges("09AZ__az");
const SPACE = ranges("\t\n\f\r  ");
const PERL: Readonly<Record<string, CharacterSet>> = {
  d: DIGIT,
  D: not(DIGIT),
  s: SPACE,
  S: not(SPACE),
  w: WORD,
  W: not(WORD),
};
const NAMED: Readonly<Record<string, CharacterSet>> = {
  alnum: ranges("09AZaz"),
  alpha: ranges("AZaz"),
  ascii: ranges("\0\x7f"),
  blank: ranges("\t\t  "),
  cntrl: ranges("\0\x1f\x7f\x7f"),
  digit: DIGIT,
  graph: ranges("!~"),
  lower: ranges("az"),
  print: ranges(" ~"),
  punct: ranges("!/:@[`{~"),
  space: ranges("\t\r  "),
  upper: ranges("AZ"),
  word: WORD,
  xdigit: ranges("09AFaf"),
};
const LAST_CODE = 0x10ffff;
// JavaScript takes a script's four-letter code for its name; Go does not.
const FOUR_LETTER_SCRIPTS = ["Ahom", "Cham", "Kawi", "Lisu", "Modi", "Newa", "Thai", "Toto"];
const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** A set and the place in the expression behind it. */
export interface ReadSet {
  readonly set: CharacterSet;
  readonly next: number;
}

/** Where the last `:]` of an expression is: looking for it again at every `[:` would take quadratic time. */
export function lastNamedClassEnd(text: readonly string[]): number {
  let at = text.length - 2;
  while (at >= 0 && !(text[at] === ":" && text[at + 1] === "]")) at -= 1;
  return at;
}

/** Reads the class that opens at `start`. @throws ExpressionError where Go's regexp package refuses it */
export function readClass(text: readonly string[], start: number, lastNamedEnd: number): ReadSet {
  let at = start + 1;
  const negated = text[at] === "^";
  if (negated) at += 1;
  const parts: CharacterSet[] = [];
  for (let first = true; first || text[at] !== "]"; first = false) {
    const part = readNamedClass(text, at, lastNamedEnd) ?? readEscapedClass(text, at) ?? readRange(text, at);
    parts.push(part.set);
    at = part.next;
  }
  const union: CharacterSet =
    parts.length === 1 ? (parts[0] as CharacterSet) : (code) => parts.some((has) => has(code));
  return { set: negated ? not(union) : union, next: at + 1 };
}

/** Reads `\d`, `\pL` and their like at `at`, undefined when something else stands there. */
export function readEscapedClass(text: readonly string[], at: number): ReadSet | undefined {
  if (text[at] !== "\\") return undefined;
  const letter = text[at + 1] ?? "";
  if (letter === "p" || letter === "P") return readUnicodeClass(text, at);
  const set = PERL[letter];
  return set && { set, next: at + 2 };
}

/** Reads the escape of one character at `at`, as Go's regexp package does. */
export function readEscape(text: readonly string[], at: number): { code: number; next: number } {
  const c = text[at + 1] ?? "";
  const control = CONTROL[c];
  if (control !== undefined) return { code: control, next: at + 2 };
  if (/^[0-7]$/.test(c)) return readOctal(text, at + 1);
  if (c === "x") return readHexadecimal(text, at + 2);
  if (/^[\0-\x7f]$/.test(c) && !/^[0-9A-Za-z]$/.test(c)) return { code: codeOf(c), next: at + 2 };
  throw new ExpressionError("invalid escape sequence");
}

function readHexadecimal(text: readonly string[], start: number): { code: number; next: number } {
  const close = text[start] === "{" ? text.indexOf("}", start) : -1;
  const digits = (close < 0 ? text.slice(start, start + 2) : text.slice(start + 1, close)).join("");
  const code = /^[0-9a-fA-F]+$/.test(digits) ? Number.parseInt(digits, 16) : Number.POSITIVE_INFINITY;
  if (code > LAST_CODE || (close < 0 && digits.length !== 2)) throw new ExpressionError("invalid escape sequence");
  return { code, next: close < 0 ? start + 2 : close + 1 };
}

function readOctal(text: readonly string[], start: number): { code: number; next: number } {
  let end = start + 1;
  while (end < start + 3 && /^[0-7]$/.test(text[end] ?? "")) end += 1;
  if (end === start + 1 && text[start] !== "0") throw new ExpressionError("invalid escape sequence");
  return { code: Number.parseInt(text.slice(start, end).join(""), 8), next: end };
}

/** Reads `\pL` or `\p{Greek}`: a category's short name or a script's long one, which every Go release knows. */
function readUnicodeClass(text: readonly string[], at: number): ReadSet {
  const braced = text[at + 2] === "{";
  const close = braced ? text.indexOf("}", at) : at + 2;
  const spelled = text.slice(braced ? at + 3 : at + 2, braced ? close : at + 3).join("");
  const name = spelled.replace(/^\^/, "");
  const set = close < 0 ? undefined : unicodeSet(name);
  if (!set) throw new ExpressionError("invalid character class range");
  const negated = (text[at + 1] === "P") !== (name !== spelled);
  return { set: negated ? not(set) : set, next: close + 1 };
}

function unicodeSet(name: string): CharacterSet | undefined {
  if (name === "Any") return () => true;
  if (!/^[A-Z][a-z_A-Z]*$/.test(name) || (name.length === 4 && !FOUR_LETTER_SCRIPTS.includes(name))) return undefined;
  try {
    const pattern = new RegExp(`^\\p{${name.length < 3 && name !== "Yi" ? "gc" : "sc"}=${name}}$`, "u");
    return (code) => pattern.test(String.fromCodePoint(code));
  } catch {
    return undefined;
  }
}

function readNamedClass(text: readonly string[], at: number, lastEnd: number): ReadSet | undefined {
  if (text[at] !== "[" || text[at + 1] !== ":" || at + 2 > lastEnd) return undefined;
  let end = at + 2;
  while (text[end] !== ":" || text[end + 1] !== "]") end += 1;
  const name = text.slice(at + 2, end).join("");
  const negated = name.startsWith("^");
  const set = NAMED[negated ? name.slice(1) : name];
  if (!set) throw new ExpressionError("invalid character class range");
  return { set: negated ? not(set) : set, next: end + 2 };
}

function readRange(text: readonly string[], at: number): ReadSet {
  const low = readClassCharacter(text, at);
  if (text[low.next] !== "-" || text[low.next + 1] === undefined || text[low.next + 1] === "]") {
    return { set: only(low.code), next: low.next };
  }
  const high = readClassCharacter(text, low.next + 1);
  if (high.code < low.code) throw new ExpressionError("invalid character class range");
  return { set: (code) => low.code <= code && code <= high.code, next: high.next };
}

function readClassCharacter(text: readonly string[], at: number): { code: number; next: number } {
  const c = text[at];
  if (c === undefined) throw new ExpressionError("missing closing ]");
  return c === "\\" ? readEscape(text, at) : { code: codeOf(c), next: at + 1 };
}

export function only(wanted: number): CharacterSet {
  return (code) => code === wanted;
}

export function codeOf(character: string): number {
  return character.codePointAt(0) ?? -1;
}

function not(set: CharacterSet): CharacterSet {
  return (code) => !set(code);
}

function ranges(bounds: string): CharacterSet {
  const codes = [...bounds].map(codeOf);
  return (code) => codes.some((low, i) => i % 2 === 0 && low <= code && code <= (codes[i + 1] as number));
}
