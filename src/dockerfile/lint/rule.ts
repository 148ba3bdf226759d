import type { Build } from "../conversion/build.ts";
import { Refusal } from "../dockerfile-error.ts";
import type { Stage } from "../stage.ts";
import type { Statement } from "../statement.ts";
import { lexWord } from "../syntax/word-lexer.ts";

/** How much a finding matters: an error fails the synth, as the build would fail. */
export type Severity = "error" | "warning" | "info";

/** What a rule looks at. */
export interface LintSubject {
  readonly instructions: readonly Statement[];
  readonly stages: readonly Stage[];
  /** What the builder makes of the file. */
  readonly build: Build;
  /** The character that escapes in words. */
  readonly escapeMark: string;
  /** Whether the context has an ignore file; unknown where nobody said. */
  readonly hasIgnoreFile?: boolean;
}

/** Where a rule is broken. */
export interface Breach {
  readonly line: number;
  /** What is wrong here, where that is more exact than the rule's own words. */
  readonly why?: string;
  /** What to do here, where that is more exact than the rule's own advice. */
  readonly fix?: string;
}

/** One thing that a Dockerfile had better not do. */
export interface Rule {
  /** hadolint's where it has the same rule, else one of ours (`SW…`). */
  readonly id: string;
  /** BuildKit's name of the same check, by which it can be silenced and weighed too. */
  readonly buildCheck?: string;
  /** `ignore` for a rule that speaks only when asked for. */
  readonly severity: Severity | "ignore";
  readonly why: string;
  readonly fix: string;
  readonly check: (subject: LintSubject) => Iterable<Breach>;
}

/** Every instruction of a stage, one after the other. */
export function* eachInstruction(subject: LintSubject): Iterable<Statement> {
  for (const stage of subject.stages) yield* stage.instructions;
}

/** A breach at each instruction that `breaks` holds for. */
export function where(breaks: (instruction: Statement) => boolean): Rule["check"] {
  return function* (subject) {
    for (const instruction of eachInstruction(subject)) {
      if (breaks(instruction)) yield { line: instruction.range.start };
    }
  };
}

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
