import type { Stage } from "../../dockerfile/stage.ts";
import type { Statement } from "../../dockerfile/statement.ts";
import type { ImageConfiguration } from "./registry-image.ts";

/** Where in a Dockerfile something of an image's history comes from. */
export interface Origin {
  readonly line: number;
  /** As it is written there. */
  readonly source: string;
}

type Entry = NonNullable<ImageConfiguration["history"]>[number];

/**
 * For each entry of an image's history the instruction that made it, nothing for what came with the base. Why from the
 * end: a base brings entries of its own in front, and a builder may add some, of labels for one, that no line asks for;
 * and all or none, since a history that does not have every instruction is of another file.
 */
export function originsOf(history: readonly Entry[], stage: Stage): (Origin | undefined)[] {
  const origins: (Origin | undefined)[] = history.map(() => undefined);
  let at = history.length - 1;
  for (const statement of statementsOf(stage).reverse()) {
    while (at >= 0 && keywordOf(history[at] as Entry) !== statement.keyword) at--;
    if (at < 0) return history.map(() => undefined);
    origins[at--] = { line: statement.range.start, source: statement.source };
  }
  return origins;
}

/** Of the stage and of those that it builds upon, the lowest first. */
export function statementsOf(stage: Stage): Statement[] {
  const below = stage.parent === undefined ? [] : statementsOf(stage.parent);
  return [...below, ...stage.effective];
}

// BuildKit writes the instruction itself, Docker's former builder a shell with a comment in it, or the shell that a RUN is.
const FORMER = /^\/bin\/sh -c #\(nop\)\s+/;
const SHELL = /^(\|\d+ .*?)?(\/bin\/(ba|a|da)?sh|\/bin\/bash|cmd|powershell)\b/;

function keywordOf({ created_by: text = "" }: Entry): string {
  const said = text.replace(FORMER, "");
  const [word = ""] = /^[A-Z]+(?=\s|$)/.exec(said) ?? [];
  if (word !== "") return word;
  return said === text && SHELL.test(text) ? "RUN" : "";
}
