import { Refusal } from "../dockerfile-error.ts";
import { lexWord } from "./word-lexer.ts";

/** A heredoc's opening word, e.g. `<<-"EOF"`. */
export interface HeredocSign {
  /** The line that ends the heredoc; for COPY and ADD also the name of the file. */
  readonly name: string;
  /** Whether variables inside the content are replaced: no part of the word is quoted. */
  readonly expand: boolean;
  /** Whether the tabs that start each line go, the ending line's too (`<<-`). */
  readonly chomp: boolean;
}

/** A heredoc with what stands between its opening and its ending line. */
export interface Heredoc extends HeredocSign {
  /** As written, each line with its line feed. */
  readonly content: string;
}

const NO_VARIABLES = { get: () => undefined };

/** The heredoc that `word` opens, if it opens one. @throws Refusal when the name after `<<` cannot be read */
export function readHeredocSign(word: string): HeredocSign | undefined {
  const opening = /^\d*<<(-?)/.exec(word);
  if (!opening) return undefined;
  const name = word.slice(opening[0].length).replace(/^[\t\n\f\r ]+/, "");
  if (name === "" || name.includes("<")) return undefined;

  const plain = lexWord(name, NO_VARIABLES, { keepUnset: true }).words;
  if (plain.length !== 1 || plain[0] === undefined) return undefined;
  const quoted = lexWord(name, NO_VARIABLES, { keepUnset: true, rawQuotes: true }).words;
  if (quoted.length !== 1 || quoted[0] === undefined) throw new Refusal("a heredoc's name must be one word", name);
  return { name: plain[0], expand: countQuotes(plain[0]) === countQuotes(quoted[0]), chomp: opening[1] === "-" };
}

/** The heredoc that a source of COPY or ADD is; a name that cannot be read makes it a plain path. */
export function readHeredocSource(word: string): HeredocSign | undefined {
  try {
    return readHeredocSign(word);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** The heredocs that `line` opens, in order. */
export function findHeredocs(line: string): HeredocSign[] {
  return wordsOf(line).flatMap((word) => readHeredocSign(word) ?? []);
}

/** A line with an unclosed quote has no words, hence no heredocs. */
function wordsOf(line: string): readonly string[] {
  try {
    return lexWord(line, NO_VARIABLES, { keepUnset: true, rawQuotes: true, rawEscapes: true }).words;
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

function countQuotes(text: string): number {
  return text.match(/['"]/g)?.length ?? 0;
}

/** `content` without the tabs at the start of its lines. */
export function chompTabs(content: string): string {
  return content.replace(/(^|\n)\t+/g, "$1");
}
