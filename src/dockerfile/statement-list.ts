import { atLine, DockerfileError } from "./dockerfile-error.ts";
import { readInstruction } from "./instructions/read-instruction.ts";
import { place, type Statement } from "./statement.ts";
import type { Directives } from "./syntax/directives.ts";
import { readSyntax } from "./syntax/read-syntax.ts";

/** What a whole file says. */
export interface StatementList {
  readonly directives: Directives;
  readonly statements: readonly Statement[];
}

/** Reads `text` and checks that it has a stage. @throws DockerfileError where BuildKit refuses it */
export function readStatements(text: string): StatementList {
  const { directives, statements } = readSyntax(text);
  const placed: Statement[] = [];
  let inStage = false;
  for (const syntax of statements) {
    const line = syntax.startLine;
    const instruction = atLine(line, () => readInstruction(syntax));
    inStage ||= instruction.keyword === "FROM";
    if (!inStage && instruction.keyword !== "ARG") {
      const reason = "only ARG may stand before the first FROM";
      throw new DockerfileError({ line, reason, got: instruction.keyword, remedy: "start with FROM" });
    }
    placed.push(place(instruction, syntax));
  }
  if (!inStage) {
    const line = placed.at(-1)?.range.end ?? 1;
    throw new DockerfileError({ line, reason: "the file has no stage", got: "ARG", remedy: "add a FROM" });
  }
  return { directives, statements: placed };
}
