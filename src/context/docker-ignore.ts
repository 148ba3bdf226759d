import { ExpressionError } from "./character-set.ts";
import { cleanPath } from "./context-path.ts";
import { DockerIgnoreError, type IgnoreLine, isPatternSyntax, readIgnoreLines, trimSpace } from "./ignore-line.ts";
import { type AskedPath, askPath, IgnorePattern } from "./ignore-pattern.ts";

/** What an ignore file says about one path. */
export interface IgnoreAnswer {
  readonly ignored: boolean;
  /** The line that decided, counted from 1; absent where no line speaks of the path. */
  readonly line?: number;
  /** That line's pattern as it was typed. */
  readonly pattern?: string;
}

interface Rule {
  readonly line: IgnoreLine;
  readonly text: string;
  readonly exception: boolean;
  readonly pattern: IgnorePattern;
}

/** What a walk knows about a folder: for each pattern, whether it matched there or above. */
export type FolderMatches = readonly boolean[];

/** What a walk finds out about one path. */
export interface WalkAnswer extends IgnoreAnswer {
  readonly matches: FolderMatches;
}

const NOTHING: FolderMatches = [];
const KEPT_BY_NONE: IgnoreAnswer = { ignored: false };
const KEPT: WalkAnswer = { ignored: false, matches: NOTHING };

/**
 * An ignore file, read and matched as BuildKit and moby/patternmatcher do. Why our own: the known npm libraries send
 * files that Docker ignores and ignore files that it sends.
 */
export class DockerIgnore {
  /** The file that ignores nothing. */
  static readonly EMPTY = new DockerIgnore([], ".dockerignore");

  private readonly exceptions: readonly string[];
  private readonly exceptionsAreNames: boolean;

  private constructor(
    private readonly rules: readonly Rule[],
    readonly file: string,
  ) {
    this.exceptions = rules.filter((rule) => rule.exception).map((rule) => rule.text);
    this.exceptionsAreNames = !this.exceptions.some((text) => /[*[\]?^\\]/.test(withoutTrailingGlob(text)));
  }

  /**
   * Reads the text of an ignore file.
   * @param file what errors call it
   * @throws DockerIgnoreError where Docker refuses the file
   */
  static parse(text: string | Buffer, file = ".dockerignore"): DockerIgnore {
    const lines = readIgnoreLines(typeof text === "string" ? Buffer.from(text) : text, file);
    return new DockerIgnore(
      lines.flatMap((line) => readRule(line, file) ?? []),
      file,
    );
  }

  /** The patterns in their cleaned form, exceptions with `!`. */
  get patterns(): string[] {
    return this.rules.map((rule) => (rule.exception ? `!${rule.text}` : rule.text));
  }

  /**
   * Whether the path is left out of the context.
   * @param path relative to the context, with slashes
   * @throws DockerIgnoreError where a pattern fails on the path
   */
  ignores(path: string): boolean {
    return this.explain(path).ignored;
  }

  /** Whether the path is left out, and which line decided so. @throws DockerIgnoreError as {@link ignores} does */
  explain(path: string): IgnoreAnswer {
    const asked = askPath(path);
    let decided: Rule | undefined;
    for (const rule of this.rules) {
      if (rule.exception === isIgnoring(decided) && this.ask(rule, asked, true)) decided = rule;
    }
    return answer(decided);
  }

  /**
   * One step of a walk from the context's root downwards, which knows what the folder above matched. Why apart from
   * {@link explain}: BuildKit's walk forgets patterns that an exception had no reason to try, and answers otherwise.
   */
  walk(path: string, folder: FolderMatches = NOTHING): WalkAnswer {
    if (this.rules.length === 0) return KEPT;
    const asked: AskedPath = askPath(path);
    const matches = new Array<boolean>(this.rules.length).fill(false);
    let decided: Rule | undefined;
    for (const [i, rule] of this.rules.entries()) {
      const matched =
        folder[i] || (rule.exception === isIgnoring(decided) && this.ask(rule, asked, folder.length === 0));
      matches[i] = matched;
      if (matched) decided = rule;
    }
    return { ...answer(decided), matches };
  }

  /** Whether BuildKit's walk passes an ignored folder by, which it does where no exception can be inside it. */
  skips(folder: string): boolean {
    return this.exceptionsAreNames && !this.exceptions.some((text) => leadsInto(withoutTrailingGlob(text), folder));
  }

  /** Whether the archive that Docker's older clients make passes an ignored folder by: they compare patterns as names. */
  skipsInArchive(folder: string): boolean {
    return !this.exceptions.some((text) => leadsInto(text, folder));
  }

  /** What a walk that comes to `path` from the root says of it: a folder that is passed by takes its inside along. */
  decide(path: string): IgnoreAnswer {
    let matches = NOTHING;
    for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", end + 1)) {
      const folder = path.slice(0, end);
      const above = this.walk(folder, matches);
      if (above.ignored && this.skips(folder)) return above;
      matches = above.matches;
    }
    return this.walk(path, matches);
  }

  private ask(rule: Rule, asked: AskedPath, orParent: boolean): boolean {
    try {
      return orParent ? rule.pattern.matchesOrParent(asked) : rule.pattern.matches(asked.path);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { number, source } = rule.line;
      const reason = `syntax error in pattern: ${error.message}`;
      throw new DockerIgnoreError({ file: this.file, line: number, pattern: source, reason, path: asked.path });
    }
  }
}

function isIgnoring(decided: Rule | undefined): boolean {
  return decided !== undefined && !decided.exception;
}

function answer(decided: Rule | undefined): IgnoreAnswer {
  if (!decided) return KEPT_BY_NONE;
  return { ignored: !decided.exception, line: decided.line.number, pattern: decided.line.source };
}

function readRule(line: IgnoreLine, file: string): Rule | undefined {
  const trimmed = trimSpace(line.pattern);
  if (trimmed === "") return undefined;
  const cleaned = cleanPath(trimmed);
  const exception = cleaned.startsWith("!");
  const text = exception ? cleaned.slice(1) : cleaned;
  const refuse = (reason: string) => new DockerIgnoreError({ file, line: line.number, pattern: line.source, reason });
  if (text === "") throw refuse('illegal exclusion pattern: "!"');
  if (!isPatternSyntax(text)) throw refuse("syntax error in pattern");
  return { line, text, exception, pattern: new IgnorePattern(text) };
}

function leadsInto(exception: string, folder: string): boolean {
  return `${exception}/`.startsWith(`${folder}/`);
}

function withoutTrailingGlob(text: string): string {
  return text.replace(/\/\*\*$/, "").replace(/\/\*$/, "");
}
