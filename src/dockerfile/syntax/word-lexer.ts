import { Refusal } from "../dockerfile-error.ts";
import { isSpace } from "./go-text.ts";
import { readCharacter, readName, type Substitution, substitute } from "./substitution.ts";

/** What a word's variables are worth. */
export interface Variables {
  get(name: string): string | undefined;
  /** Whether it surely has a value that is not empty, be it known or not. @default - what `get` says */
  isSet?(name: string): boolean;
}

/** How a word is read; BuildKit reads heredoc words otherwise than values. */
export interface WordLexerOptions {
  /** @default "\\" */
  readonly escape?: string;
  /** Keep quotes in the text. @default false */
  readonly rawQuotes?: boolean;
  /** Keep escape characters in the text. @default false */
  readonly rawEscapes?: boolean;
  /** Take quotes for letters. @default false */
  readonly plainQuotes?: boolean;
  /** Keep `$name` where the variable has no value. @default false */
  readonly keepUnset?: boolean;
}

/** A word after quotes, escapes and variables. */
export interface LexedWord {
  readonly text: string;
  /** The same, split at white space that is neither quoted nor escaped. */
  readonly words: readonly string[];
  /** The variables that had no value. */
  readonly unset: ReadonlySet<string>;
}

/** What is being read, from the outside in. Why a stack of our own: text nests deeper than the call stack. */
type Frame =
  | {
      readonly kind: "word";
      readonly stop: string;
      readonly rawEscapes: boolean;
      readonly pattern: boolean;
      text: string;
    }
  | { readonly kind: "quote"; text: string }
  | { readonly kind: "substitution"; readonly substitution: Substitution };

/** Reads `source` as BuildKit's shell lexer does. @throws Refusal where that is an error */
export function lexWord(source: string, variables: Variables, options: WordLexerOptions = {}): LexedWord {
  return new WordLexer(source, variables, options).read();
}

class WordLexer {
  private readonly frames: Frame[] = [];
  private readonly words: string[] = [];
  private readonly unset = new Set<string>();
  private readonly escape: string;
  private word = "";
  private inWord = false;
  private at: number;

  constructor(
    private readonly source: string,
    private readonly variables: Variables,
    private readonly options: WordLexerOptions,
  ) {
    this.escape = options.escape ?? "\\";
    this.at = source.startsWith("\ufeff") ? 1 : 0;
  }

  read(): LexedWord {
    const rawEscapes = this.options.rawEscapes ?? false;
    const whole: Frame = { kind: "word", stop: "", rawEscapes, pattern: false, text: "" };
    this.frames.push(whole);
    while (this.at < this.source.length) this.step();
    const open = this.frames.at(-1);
    if (open !== whole)
      throw new Refusal(open?.kind === "quote" ? 'a " is not closed' : "a ${ is not closed", this.source);
    if (this.word !== "") this.words.push(this.word);
    return { text: whole.text, words: this.words, unset: this.unset };
  }

  private step(): void {
    const frame = this.frames.at(-1);
    if (frame?.kind === "quote") this.stepInQuote(frame);
    else if (frame?.kind === "word") this.stepInWord(frame);
  }

  private stepInWord(frame: Frame & { kind: "word" }): void {
    const character = this.source.charAt(this.at);
    if (frame.stop !== "" && character === frame.stop) {
      this.at++;
      this.closeWord(frame);
    } else if (character === "$") this.startVariable();
    else if (character === "<") this.give(this.readHeredocSign(), "raw");
    else if (character === "'" && !this.options.plainQuotes) this.give(this.readSingleQuoted(frame.pattern), "raw");
    else if (character === '"' && !this.options.plainQuotes) {
      this.at++;
      this.frames.push({ kind: "quote", text: this.options.rawQuotes ? '"' : "" });
    } else if (character === this.escape) {
      this.at++;
      if (frame.rawEscapes) this.give(character, "raw");
      if (this.at < this.source.length) this.give(this.take(), "raw");
    } else this.give(this.take(), "split");
  }

  private stepInQuote(frame: Frame & { kind: "quote" }): void {
    const character = this.source.charAt(this.at);
    if (character === '"') {
      this.at++;
      if (this.options.rawQuotes) frame.text += '"';
      this.frames.pop();
      this.give(frame.text, "raw");
    } else if (character === "$") this.startVariable();
    else if (character === this.escape) {
      this.at++;
      const next = this.source.charAt(this.at);
      if (next === "") return;
      const { rawEscapes, pattern } = this.innermostWord();
      const escapes = next === '"' || next === "$" || next === this.escape;
      if (rawEscapes && (escapes || !this.options.rawQuotes || pattern)) frame.text += character;
      frame.text += escapes ? this.take() : character;
    } else frame.text += this.take();
  }

  /** Reads from the `$` on: gives the value at once, or opens the frame whose text the value depends on. */
  private startVariable(): void {
    this.at++;
    if (this.source.charAt(this.at) !== "{") {
      const name = this.readName();
      this.give(name === "" ? "$" : (this.lookUp(name) ?? (this.options.keepUnset ? `$${name}` : "")), "split");
      return;
    }
    this.at++;
    if (["", "{", "}", ":"].includes(this.source.charAt(this.at))) throw new Refusal("bad substitution", this.source);
    const name = this.readName();
    let sign = this.take();
    if (sign === "}") {
      this.give(this.lookUp(name) ?? (this.options.keepUnset ? `\${${name}}` : ""), "split");
      return;
    }
    const colon = sign === ":";
    if (colon) sign = this.take();
    const pattern = sign === "#" || sign === "%";
    if (sign === "" || (colon && pattern) || (!colon && !pattern && !"+-?/".includes(sign))) {
      throw new Refusal(`\${} takes no ${colon ? ":" : ""}${sign || "end of line"} after the name`, this.source);
    }
    const all = sign === "/" && !colon && this.source.charAt(this.at) === "/";
    if (all) this.at++;
    this.frames.push({ kind: "substitution", substitution: { name, sign, colon, all, parts: [] } });
    const replaces = sign === "/" && !colon;
    this.openPart(replaces ? "/" : "}", pattern || replaces, pattern || replaces);
  }

  private openPart(stop: string, rawEscapes: boolean, pattern: boolean): void {
    this.dropWord();
    this.frames.push({ kind: "word", stop, rawEscapes, pattern, text: "" });
  }

  private closeWord(frame: Frame & { kind: "word" }): void {
    this.frames.pop();
    const outer = this.frames.at(-1);
    if (outer?.kind !== "substitution") return;
    const { substitution } = outer;
    substitution.parts.push(frame.text);
    if (substitution.sign === "/" && !substitution.colon && substitution.parts.length === 1) {
      this.openPart("}", true, false);
      return;
    }
    this.frames.pop();
    this.dropWord();
    const { name, sign } = substitution;
    const value = sign === "+" && this.variables.isSet?.(name) ? name : this.lookUp(name);
    this.give(substitute(substitution, value, this.options.keepUnset ?? false), "split");
  }

  /** Upstream's nested readers share one buffer: what the outermost word had gathered is lost to its list of words. */
  private dropWord(): void {
    this.word = "";
  }

  /** Hands finished text to what encloses it. */
  private give(text: string, how: "raw" | "split"): void {
    const frame = this.frames.at(-1);
    if (frame === undefined || frame.kind === "substitution") return;
    frame.text += text;
    if (this.frames.length > 1) return;
    if (how === "raw") {
      this.word += text;
      this.inWord = true;
      return;
    }
    for (const character of text) this.giveToWords(character);
  }

  private giveToWords(character: string): void {
    if (!isSpace(character)) {
      this.word += character;
      this.inWord = true;
    } else if (this.inWord && this.word !== "") {
      this.words.push(this.word);
      this.word = "";
      this.inWord = false;
    }
  }

  /** A pattern is read once more, so that an escape character in quotes must be escaped there. */
  private readSingleQuoted(pattern: boolean): string {
    const end = this.source.indexOf("'", this.at + 1);
    if (end < 0) throw new Refusal("a ' is not closed", this.source);
    const [start, stop] = this.options.rawQuotes ? [this.at, end + 1] : [this.at + 1, end];
    this.at = end + 1;
    const text = this.source.slice(start, stop);
    return pattern ? text.replaceAll(this.escape, this.escape + this.escape) : text;
  }

  /** `<`, or `<<` with the blanks that may stand before a heredoc's word. */
  private readHeredocSign(): string {
    const start = this.at++;
    if (this.source.charAt(this.at) !== "<") return "<";
    this.at++;
    while (["\t", "\r", " "].includes(this.source.charAt(this.at))) this.at++;
    return this.source.slice(start, this.at);
  }

  private lookUp(name: string): string | undefined {
    const value = this.variables.get(name);
    if (value === undefined) this.unset.add(name);
    return value;
  }

  private readName(): string {
    const name = readName(this.source, this.at);
    this.at += name.length;
    return name;
  }

  private take(): string {
    const character = readCharacter(this.source, this.at);
    this.at += character.length;
    return character;
  }

  private innermostWord(): { readonly rawEscapes: boolean; readonly pattern: boolean } {
    const word = this.frames.findLast((frame) => frame.kind === "word");
    return word?.kind === "word" ? word : { rawEscapes: false, pattern: false };
  }
}
