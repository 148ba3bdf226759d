/** What a refused value was, so that a caller higher up can put the construct path and the property in front of it. */
export interface InvalidValue {
  /** The noun that was refused, e.g. `image reference`. */
  readonly subject: string;
  /** The rule that the value breaks, e.g. `must be lower case`. */
  readonly rule: string;
  /** The value as the person typed it; never pass a secret. */
  readonly got: unknown;
  /** What to do about it, e.g. `use "python"`. */
  readonly remedy?: string;
}

const LONGEST_QUOTE = 120;

/**
 * A value that its grammar refuses. Why a class of its own: the token boundary catches it by name and prefixes
 * where the value was typed, which the value itself cannot know.
 */
export class InvalidValueError extends Error implements InvalidValue {
  readonly subject: string;
  readonly rule: string;
  readonly got: unknown;
  readonly remedy?: string;

  constructor(problem: InvalidValue) {
    const { subject, rule, remedy } = problem;
    const got = withoutCredentials(problem.got);
    super(`${subject} ${rule}, got ${quoteForMessage(got)}${remedy ? `: ${remedy}` : ""}`);
    this.name = new.target.name;
    this.subject = subject;
    this.rule = rule;
    this.got = got;
    this.remedy = remedy;
  }
}

/** Refuses `got` as a `subject`, for a value that has many rules to tell. */
export function refusalOf(subject: string, got: unknown): (rule: string, remedy?: string) => never {
  return (rule, remedy) => {
    throw new InvalidValueError({ subject, rule, got, remedy });
  };
}

/** Prints a value for a person: JSON quotes make white space and control characters visible; long text is cut. */
export function quoteForMessage(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : nameOf(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}… (${text.length} characters)` : text;
}

/** A character as a person finds it, even one that shows nothing. */
export function nameCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return /^[\x21-\x7e]$/.test(character) ? JSON.stringify(character) : `${JSON.stringify(character)} (U+${code})`;
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** A URL may carry a password; an error travels into logs. */
function withoutCredentials(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/\/\/[^/@\s]*@/g, "//***@") : value;
}
