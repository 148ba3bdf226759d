import { Refusal } from "../dockerfile-error.ts";
import { lexWord } from "../syntax/word-lexer.ts";

/** What a rule can tell about a word without knowing its variables. */
export interface PlainWord {
  /** Quotes and escapes taken off, variables left as written. */
  readonly text: string;
  /** The variables in it. */
  readonly variables: ReadonlySet<string>;
  /** Why the builder cannot read it, if it cannot. */
  readonly problem?: string;
}

const NONE: ReadonlySet<string> = new Set();

/** Looks at `word`, which escapes with `escapeMark`. */
export function plainWord(word: string, escapeMark = "\\"): PlainWord {
  if (!/["$'<\\`\ufeff]/.test(word)) return { text: word, variables: NONE };
  try {
    const { text, unset } = lexWord(word, { get: () => undefined }, { escape: escapeMark, keepUnset: true });
    return { text, variables: unset };
  } catch (error) {
    if (error instanceof Refusal) return { text: word, variables: new Set(), problem: error.problem.reason };
    throw error;
  }
}
