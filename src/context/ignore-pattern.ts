import { ExpressionError } from "./character-set.ts";
import { cleanPath, hasUndecodedByte } from "./context-path.ts";
import { PathAutomaton } from "./path-automaton.ts";
import { readExpression } from "./pattern-expression.ts";

/** A path that pattern after pattern is asked about, with what each of them would work out again. */
export interface AskedPath {
  readonly path: string;
  /** The folders above it; undefined where they are the path's own prefixes up to each slash. */
  readonly parents?: readonly string[];
}

type Form = "exact" | "prefix" | "suffix" | "expression";

// Upstream means to escape `|{}` as well, but its table has no room for them: they stay operators.
const ESCAPED = ".+()$";
const ORDINARY = /^[A-Za-z0-9_./ -]*/;
// Operators that may take back what stands before them.
const MAYBE_REPEATED = /[|{]/;
// Nothing, a dot or two dots between slashes.
const MAYBE_UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)/;
const BYTE_ORDER_MARK = "\ufeff";

/**
 * One pattern of an ignore file, matched as moby/patternmatcher matches it. Why four forms: upstream takes a short cut
 * for patterns without metacharacters, and the short cuts answer otherwise than the expression would (`^a` is the
 * name `^a`, `^a*` is an expression).
 */
export class IgnorePattern {
  private form?: Form;
  private automaton?: PathAutomaton;
  private refusal?: string;
  /** What every path begins with that the expression matches; it spares most paths the rest. */
  private beginning = "";

  private readonly suffix: string;

  /** @param text the cleaned pattern, without `!` */
  constructor(private readonly text: string) {
    this.suffix = text.slice(2);
  }

  /** @throws ExpressionError when the pattern's expression is one that Go refuses */
  matches(path: string): boolean {
    switch (this.form ?? this.compile()) {
      case "exact":
        return path === this.text;
      case "prefix":
        return path.startsWith(this.text.slice(0, -2));
      case "suffix":
        return this.matchesSuffix(path);
      case "expression":
        return this.matchesExpression(path, false);
    }
  }

  /** Whether it matches the path or a folder above it. @throws ExpressionError as {@link matches} does */
  matchesOrParent(asked: AskedPath): boolean {
    const { path, parents } = asked;
    if (parents) return this.matches(path) || parents.some((parent) => this.matches(parent));
    switch (this.form ?? this.compile()) {
      case "exact":
        return path.startsWith(this.text) && (path.length === this.text.length || path[this.text.length] === "/");
      case "prefix":
        return this.matches(path);
      case "suffix":
        return this.matchesSuffix(path) || this.matchesSuffixOfParent(path);
      case "expression":
        return this.matchesExpression(path, true);
    }
  }

  private matchesSuffix(path: string): boolean {
    if (this.text.startsWith(BYTE_ORDER_MARK)) return endsWithBytes(path, this.text);
    return path.endsWith(this.suffix) || (this.suffix.startsWith("/") && path === this.suffix.slice(1));
  }

  private matchesSuffixOfParent(path: string): boolean {
    if (!this.text.startsWith(BYTE_ORDER_MARK)) {
      return (
        path.includes(`${this.suffix}/`) || (this.suffix.startsWith("/") && path.startsWith(`${this.suffix.slice(1)}/`))
      );
    }
    for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
      if (endsWithBytes(path.slice(0, slash), this.text)) return true;
    }
    return false;
  }

  private matchesExpression(path: string, orParent: boolean): boolean {
    if (this.refusal !== undefined) throw new ExpressionError(this.refusal);
    return path.startsWith(this.beginning) && (this.automaton as PathAutomaton).matches(path, orParent);
  }

  private compile(): Form {
    const { form, expression } = translate(this.text);
    this.form = form;
    if (form !== "expression") return form;
    if (!MAYBE_REPEATED.test(this.text)) this.beginning = ORDINARY.exec(this.text)?.[0] ?? "";
    try {
      this.automaton = new PathAutomaton(readExpression(expression));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.refusal = error.message;
    }
    return form;
  }
}

/** Prepares `path` for {@link IgnorePattern.matchesOrParent}: its parents are those of Go's cleaned `filepath.Dir`. */
export function askPath(path: string): AskedPath {
  if (!MAYBE_UNCLEAN.test(path)) return { path };
  const directory = cleanPath(path.slice(0, path.lastIndexOf("/") + 1));
  if (directory === ".") return { path, parents: [] };
  const parts = directory.split("/");
  return { path, parents: parts.map((_, i) => parts.slice(0, i + 1).join("/")) };
}

/** What moby's `Pattern.compile` makes of a pattern: which form, and the expression in Go's syntax. */
export function translate(pattern: string): { form: Form; expression: string } {
  const characters = [...pattern].map((c) => (hasUndecodedByte(c) ? "\ufffd" : c));
  if (characters[0] === BYTE_ORDER_MARK) characters.shift();
  let form: Form = "exact";
  let expression = "^";
  let at = 0;
  for (let i = 0; at < characters.length; i += 1) {
    const c = characters[at++] as string;
    if (c === "*" && characters[at] === "*") {
      at += characters[at + 1] === "/" ? 2 : 1;
      if (at < characters.length) {
        expression += "(.*/)?";
        form = "expression";
      } else if (form === "exact") {
        form = "prefix";
      } else {
        expression += ".*";
        form = "expression";
      }
      if (i === 0) form = "suffix";
    } else if (c === "*" || c === "?") {
      expression += c === "*" ? "[^/]*" : "[^/]";
      form = "expression";
    } else if (ESCAPED.includes(c)) {
      expression += `\\${c}`;
    } else if (c === "\\") {
      expression += c;
      if (at < characters.length) {
        expression += characters[at++];
        form = "expression";
      }
    } else {
      expression += c;
      if (c === "[" || c === "]") form = "expression";
    }
  }
  return { form, expression: form === "expression" ? `${expression}$` : "" };
}

// Upstream cuts two bytes off the pattern's front, although a byte order mark has three and comes before the `**`.
function endsWithBytes(path: string, pattern: string): boolean {
  const suffix = Buffer.from(pattern).subarray(2);
  const bytes = Buffer.from(path);
  return bytes.subarray(Math.max(0, bytes.length - suffix.length)).equals(suffix);
}
