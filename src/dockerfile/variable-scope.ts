import { Refusal } from "./dockerfile-error.ts";
import { lexWord, type Variables, type WordLexerOptions } from "./syntax/word-lexer.ts";

/** A variable that the builder knows and this text does not tell. */
const UNKNOWN = Symbol("unknown");

/** What a variable that is not known is read as: some text, so that `${name:?}` and patterns find no fault in it. */
const SOME_TEXT = "x";

/** What is made of more text than this counts as not known: a variable that doubles on each line would fill the memory. */
const LONGEST_VALUE = 65_536;

/** What every stage has where its base says nothing else. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Arguments that tell the builder something and are no variables. */
const NO_VARIABLES: readonly string[] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

const NOTHING: ReadonlySet<string> = new Set();

/** What a word comes to at one point of a file. */
export interface ReadWord {
  /** Variables replaced, quotes taken off; absent where that is not known, or an error to the builder. */
  readonly text?: string;
  /** The text cut at its blanks, those in quotes excepted. */
  readonly words?: readonly string[];
  /** Why the builder cannot read it. */
  readonly problem?: string;
  /** The variables that have a value. */
  readonly used: ReadonlySet<string>;
  /** The variables that have none. */
  readonly unset: ReadonlySet<string>;
}

/**
 * What variables are worth at one point of a Dockerfile. Why three answers: a variable may have a value, have none,
 * or have one that only the builder or the base image knows; text that hangs on the last kind is not known either.
 */
export class VariableScope {
  /**
   * The scope before the first FROM.
   * @param predefined what the builder sets itself; nothing for a value that is not known
   * @param buildArgs the values given with the build
   */
  static global(
    predefined: ReadonlyMap<string, string | undefined>,
    buildArgs: ReadonlyMap<string, string>,
  ): VariableScope {
    const scope = new VariableScope(new Map(), false, buildArgs);
    for (const [name, value] of predefined) scope.assign(name, buildArgs.get(name) ?? value);
    return scope;
  }

  private constructor(
    private readonly values: Map<string, string | typeof UNKNOWN>,
    private readonly open: boolean,
    private readonly buildArgs: ReadonlyMap<string, string>,
  ) {}

  /** The scope of a stage upon another stage, or upon an image, which brings variables of its own unless it is `scratch`. */
  static ofStage(base: VariableScope | "image" | "scratch", global: VariableScope): VariableScope {
    if (base instanceof VariableScope) return new VariableScope(new Map(base.values), base.open, global.buildArgs);
    const values = new Map<string, string | typeof UNKNOWN>([["PATH", base === "scratch" ? DEFAULT_PATH : UNKNOWN]]);
    return new VariableScope(values, base === "image", global.buildArgs);
  }

  forget(name: string): void {
    this.values.delete(name);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The value of `name`; nothing where it has none, or none that is known. */
  get(name: string): string | undefined {
    const value = this.values.get(name);
    return typeof value === "string" ? value : undefined;
  }

  /** Takes note of `ARG name=value`; without a value it is that of the scope before the first FROM. Tells how the value reads. */
  declare(name: string, value: string | undefined, escapeMark: string, global?: VariableScope): ReadWord | undefined {
    if (NO_VARIABLES.includes(name) && global) return undefined;
    const given = this.buildArgs.get(name);
    if (given !== undefined) this.values.set(name, given);
    else if (value !== undefined) {
      const read = this.read(value, escapeMark);
      this.assign(name, read.text);
      return read;
    } else if (global?.values.has(name)) this.values.set(name, global.values.get(name) ?? UNKNOWN);
    return undefined;
  }

  /** Whether the base image may have set it: what starts with no letter is no variable of an environment. */
  private mayBeSet(name: string): boolean {
    return this.open && !/^[\x00-@[-^`{-\x7f]/.test(name);
  }

  /** Takes note that `name` is now worth `value`; nothing for a value that is not known. */
  assign(name: string, value: string | undefined): void {
    this.values.set(name, value ?? UNKNOWN);
  }

  /** `word` with its variables replaced and its quotes taken off; nothing where that is not known, or an error to the builder. */
  expand(word: string, escapeMark: string): string | undefined {
    return /["$'<\\`\ufeff]/.test(word) ? this.read(word, escapeMark).text : word;
  }

  /** What `word` comes to, and which variables have a part in it. */
  read(word: string, escapeMark: string, options: WordLexerOptions = {}): ReadWord {
    const used = new Set<string>();
    let known = true;
    let room = LONGEST_VALUE;
    const variables: Variables = {
      get: (name) => {
        const value = this.values.has(name) ? this.values.get(name) : this.mayBeSet(name) ? UNKNOWN : undefined;
        if (value === undefined) return undefined;
        used.add(name);
        if (typeof value === "string") room -= value.length;
        if (value !== UNKNOWN && room >= 0) return value;
        known = false;
        return SOME_TEXT;
      },
      isSet: (name) => this.values.has(name) && this.values.get(name) !== "",
    };
    try {
      const { text, words, unset } = lexWord(word, variables, { escape: escapeMark, ...options });
      return known ? { text, words, used, unset } : { used, unset };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { problem: error.problem.reason, used, unset: NOTHING };
    }
  }
}
