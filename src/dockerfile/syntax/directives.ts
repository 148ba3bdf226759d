import { Refusal } from "../dockerfile-error.ts";
import { lowerCase, trimStart } from "./go-text.ts";

/** The character that escapes in words and continues lines. */
export type EscapeCharacter = "\\" | "`";

/** The parser directives, e.g. `# syntax=docker/dockerfile:1`. */
export interface Directives {
  /** The image of the frontend that reads the file. */
  readonly syntax?: string;
  /** @default "\\" */
  readonly escape?: EscapeCharacter;
  /** Options of BuildKit's own build checks. */
  readonly check?: string;
}

type DirectiveName = keyof Directives;

const NAMES: readonly string[] = ["syntax", "escape", "check"] satisfies DirectiveName[];

/**
 * Reads directives line by line, and remembers that the first other line ended them: from there on a comment is only
 * a comment.
 */
export class DirectiveReader {
  private readonly found: { -readonly [name in DirectiveName]?: Directives[name] } = {};
  private done = false;

  get directives(): Directives {
    return { ...this.found };
  }

  get escape(): EscapeCharacter {
    return this.found.escape ?? "\\";
  }

  /** Whether `line` is a directive; takes note of it. */
  take(line: string): boolean {
    if (this.done) return false;
    const directive = line.startsWith("#") ? split(trimStart(line.slice(1))) : undefined;
    if (!directive) {
      this.done = true;
      return false;
    }
    const [name, value] = directive;
    if (this.found[name] !== undefined) {
      throw new Refusal(`only one ${name} directive can be used`, value, "keep the first one");
    }
    if (name === "escape") {
      if (value !== "\\" && value !== "`") {
        throw new Refusal("the escape directive takes a backslash or a backtick", value);
      }
      this.found.escape = value;
    } else {
      this.found[name] = value;
    }
    return true;
  }
}

/** Name and value of `name = value`, if `comment` is that and the name is known. */
function split(comment: string): [DirectiveName, string] | undefined {
  const head = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=/.exec(comment);
  if (!head?.[1]) return undefined;
  const name = lowerCase(head[1]);
  const value = asciiTrim(comment.slice(head[0].length));
  return value !== "" && NAMES.includes(name) ? [name as DirectiveName, value] : undefined;
}

/** Without ASCII blanks at both ends; of nothing but blanks the last one stays, as upstream's pattern leaves it. */
function asciiTrim(text: string): string {
  const blank = (index: number) => "\t\n\f\r ".includes(text.charAt(index));
  let end = text.length;
  while (end > 0 && blank(end - 1)) end--;
  if (end === 0) return text.slice(-1);
  let start = 0;
  while (blank(start)) start++;
  return text.slice(start, end);
}
