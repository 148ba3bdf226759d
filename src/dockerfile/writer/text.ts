import { Refusal } from "../dockerfile-error.ts";
import type { Word } from "../instructions/instruction.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";

/** The byte order mark, which the builder's lexer skips at the start of a word. */
const DROPPED_IN_FRONT = "\ufeff";

/** Text for a place where a dollar sign could mean itself or a variable, and says which. */
export class Text {
  /** Means exactly `text`. */
  static literal(text: string): Text {
    return new Text(text, false);
  }

  /** Means `text` with the builder's variables in place of `$name` and `${name}`. */
  static expand(text: string): Text {
    return new Text(text, true);
  }

  private constructor(
    readonly text: string,
    readonly expands: boolean,
  ) {}

  /** The word that a Dockerfile says for it, in quotes where it needs them. */
  toWord(escapeMark: EscapeCharacter): Word {
    const plain = this.expands ? PLAIN_WITH_VARIABLES : PLAIN;
    return plain.test(this.text) ? this.text : `"${this.escaped('"', escapeMark)}"`;
  }

  /** The same for an instruction that splits at white space whatever is quoted, and has a JSON form for that. */
  toBareWord(escapeMark: EscapeCharacter): Word {
    const word = this.escaped("\"'<", escapeMark);
    return word.startsWith(DROPPED_IN_FRONT) ? escapeMark + word : word;
  }

  private escaped(marks: string, escapeMark: EscapeCharacter): string {
    const [wrong] = /[\n\0]/.exec(this.text) ?? [];
    if (wrong) throw new Refusal("cannot hold a line feed or a NUL in a value", wrong);
    const special = marks + escapeMark + (this.expands ? "" : "$");
    return [...this.text]
      .map((character) => (special.includes(character) ? escapeMark + character : character))
      .join("");
  }
}

/** Text, or a string without a dollar sign. */
export type TextLike = string | Text;

/** Characters that mean themselves everywhere in an instruction; a dash in front could start a flag. */
const PLAIN = /^[\w./:@%+,=*?~][-\w./:@%+,=*?~]*$/;
const PLAIN_WITH_VARIABLES = /^[\w./:@%+,=*?~${}][-\w./:@%+,=*?~${}]*$/;

/** The word for `value`. @throws Refusal when a dollar sign in a string does not say what it means */
export function toWord(value: TextLike, escapeMark: EscapeCharacter): Word {
  return toText(value).toWord(escapeMark);
}

/** The word for a path in a list of paths. */
export function toListedPath(value: TextLike, escapeMark: EscapeCharacter): Word {
  return needPath(value).toBareWord(escapeMark);
}

/** The word for a path that stands alone. */
export function toPath(value: TextLike, escapeMark: EscapeCharacter): Word {
  return needPath(value).toWord(escapeMark);
}

function needPath(value: TextLike): Text {
  const text = toText(value);
  if (text.text === "") throw new Refusal("takes no empty path", "");
  return text;
}

function toText(value: TextLike): Text {
  if (value instanceof Text) return value;
  if (value.includes("$")) {
    const remedy =
      "wrap it in Dockerfile.expand for the builder's variables, or in Dockerfile.literal for a dollar sign";
    throw new Refusal("has a value whose dollar sign may mean a variable or itself", "$", remedy);
  }
  return Text.literal(value);
}

/** The word for `value` in a place where a dollar sign can only mean a variable, e.g. a platform. */
export function toExpandedWord(value: string | number, escapeMark: EscapeCharacter): Word {
  if (value === "") throw new Refusal("takes no empty value", value);
  return Text.expand(String(value)).toWord(escapeMark);
}
