import { Refusal } from "./dockerfile-error.ts";
import { lexWord, type Variables } from "./syntax/word-lexer.ts";

/** A variable that the builder knows and this text does not tell. */
const UNKNOWN = Symbol("unknown");

/** What is made of more text than this counts as not known: a variable that doubles on each line would fill the memory. */
const LONGEST_VALUE = 65_536;

/** The variables that the builder sets from the platforms it builds on and for. */
const PLATFORM_VARIABLES = ["BUILD", "TARGET"].flatMap((side) =>
  ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"].map((part) => side + part),
);

/**
 * What variables are worth at one point of a Dockerfile. Why three answers: a variable may have a value, have none,
 * or have one that only the builder or the base image knows; text that hangs on the last kind is not known either.
 */
export class VariableScope {
  /** The scope before the first FROM. `buildArgs` are the values given with the build. */
  static global(buildArgs: Readonly<Record<string, string>> = {}): VariableScope {
    const scope = new VariableScope(new Map(), false, new Map(Object.entries(buildArgs)));
    for (const name of PLATFORM_VARIABLES) scope.values.set(name, buildArgs[name] ?? UNKNOWN);
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
    return new VariableScope(new Map(), base === "image", global.buildArgs);
  }

  /** Takes note of `ARG name=value`; without a value it is that of the scope before the first FROM. */
  declare(name: string, value: string | undefined, escapeMark: string, global?: VariableScope): void {
    const given = this.buildArgs.get(name);
    if (given !== undefined) this.values.set(name, given);
    else if (value !== undefined) this.assign(name, this.expand(value, escapeMark));
    else if (global?.values.has(name)) this.values.set(name, global.values.get(name) ?? UNKNOWN);
  }

  /** Takes note that `name` is now worth `value`; nothing for a value that is not known. */
  assign(name: string, value: string | undefined): void {
    this.values.set(name, value ?? UNKNOWN);
  }

  /** `word` with its variables replaced and its quotes taken off; nothing where that is not known, or an error to the builder. */
  expand(word: string, escapeMark: string): string | undefined {
    if (!/["$'<\\`\ufeff]/.test(word)) return word;
    let known = true;
    let room = LONGEST_VALUE;
    const variables: Variables = {
      get: (name) => {
        const value = this.values.has(name) ? this.values.get(name) : this.open ? UNKNOWN : undefined;
        if (typeof value === "string") room -= value.length;
        if (value !== UNKNOWN && room >= 0) return value;
        known = false;
        return "";
      },
    };
    try {
      const { text } = lexWord(word, variables, { escape: escapeMark });
      return known ? text : undefined;
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }
}
