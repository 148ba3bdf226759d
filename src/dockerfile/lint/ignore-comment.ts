import type { Statement } from "../statement.ts";

/** Which rules the file itself silences. */
export interface IgnoredRules {
  readonly everywhere: ReadonlySet<string>;
  /** Those silenced for the instruction that starts at `line`. */
  atLine(line: number): ReadonlySet<string>;
}

// "hadolint" | "slipway"  [ "global" ]  "ignore" "=" id { "," id }
const IGNORE =
  /^(?:hadolint|slipway)[ \t]+(global[ \t]+)?ignore[ \t]*=[ \t]*([A-Za-z0-9]+(?:[ \t]*,[ \t]*[A-Za-z0-9]+)*)/;

/**
 * Reads `# hadolint ignore=DL3006` and `# slipway ignore=DL3006` above an instruction, with no empty line between, and
 * the same with `global ignore` anywhere.
 */
export function ignoredRules(instructions: readonly Statement[]): IgnoredRules {
  const everywhere = new Set<string>();
  const byLine = new Map<number, Set<string>>();
  for (const { comments, range } of instructions) {
    const here = new Set<string>();
    let below = range.start;
    for (const { line, text } of comments.toReversed()) {
      const [, global, ids = ""] = IGNORE.exec(text) ?? [];
      const adjacent = line === below - 1;
      if (adjacent) below = line;
      for (const id of ids.split(/[ \t]*,[ \t]*/)) {
        if (global) everywhere.add(id);
        else if (adjacent) here.add(id);
      }
    }
    byLine.set(range.start, here);
  }
  const nothing: ReadonlySet<string> = new Set();
  return { everywhere, atLine: (line) => byLine.get(line) ?? nothing };
}
