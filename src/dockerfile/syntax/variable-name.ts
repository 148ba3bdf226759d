const NUMBER = /\p{Nd}+/uy;
const SPECIAL = /[@*#?\-$!]/y;
const NAME = /[\p{L}\p{Nd}_]+/uy;

/** The variable name at `at` of `source`: letters, digits and underscores, digits alone, or one special character; may be empty. */
export function readName(source: string, at: number): string {
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
