import { Refusal } from "../dockerfile-error.ts";
import type { Comment } from "../syntax/syntax-node.ts";

/** What `# check=…` asks of BuildKit's own checks. */
export interface CheckOptions {
  /** The checks that are left out. */
  readonly skip: ReadonlySet<string> | "all";
  /** The experimental checks that are asked for. */
  readonly experimental: ReadonlySet<string> | "all";
  /** Whether a warning fails the build. */
  readonly error: boolean;
}

/** What holds where nothing is asked for. */
export const NO_CHECK_OPTIONS: CheckOptions = { skip: new Set(), experimental: new Set(), error: false };

const DIRECTIVE = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*$/;

/**
 * The options that the file `text` starts with. Why read once more: the builder looks for this directive in the bare
 * lines, passes by a `#!` line, and takes its value up to the first blank.
 * @throws Refusal where the builder cannot read them
 */
export function readCheckDirective(text: string): CheckOptions {
  const seen = new Set<string>();
  for (const line of text
    .replace(/^\ufeff/, "")
    .replace(/^#![^\n]*\n/, "")
    .split("\n")) {
    const [, name = "", value = ""] = DIRECTIVE.exec(line.startsWith("#") ? line.slice(1).trimStart() : "") ?? [];
    const key = name.toLowerCase();
    if (!["syntax", "escape", "check"].includes(key) || seen.has(key)) return NO_CHECK_OPTIONS;
    if (key === "check") return readCheckOptions(value.split(" ")[0] ?? "");
    seen.add(key);
  }
  return NO_CHECK_OPTIONS;
}

/** The comments above an instruction that the builder looks at: a bare `#` ends those before it. */
export function commentsThatCount(comments: readonly Comment[]): readonly Comment[] {
  return comments.slice(comments.findLastIndex(({ text }) => text === "") + 1);
}

/** What the comments above an instruction ask for. */
export function checkOptionsOf(comments: readonly Comment[]): CheckOptions {
  for (const { text } of commentsThatCount(comments)) {
    const [, name = "", value = ""] = DIRECTIVE.exec(text) ?? [];
    if (name.toLowerCase() !== "check") continue;
    try {
      return readCheckOptions(value.split(" ")[0] ?? "");
    } catch (error) {
      if (error instanceof Refusal) return NO_CHECK_OPTIONS;
      throw error;
    }
  }
  return NO_CHECK_OPTIONS;
}

function readCheckOptions(text: string): CheckOptions {
  let { skip, experimental, error } = NO_CHECK_OPTIONS;
  const [first = "", second, ...rest] = text.split(";");
  const parts = [first, second, rest.length > 0 ? rest.join(";") : undefined];
  for (const part of text === "" ? [] : parts) {
    if (part === undefined) continue;
    const equals = part.indexOf("=");
    const key = part.slice(0, Math.max(equals, 0)).trim();
    const value = part.slice(equals + 1).trim();
    if (equals < 0 || !["skip", "experimental", "error"].includes(key)) {
      throw new Refusal(
        "the check directive takes skip, experimental and error",
        part,
        "write # check=skip=…;error=true",
      );
    }
    const names = value === "all" ? value : new Set(value.split(",").map((name) => name.trim()));
    if (key === "skip") skip = names;
    if (key === "experimental") experimental = names;
    if (key !== "error") continue;
    if (!/^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(value)) {
      throw new Refusal("the check directive's error takes true or false", value);
    }
    error = /^[1tT]/.test(value);
  }
  return { skip, experimental, error };
}
