import { atLine, DockerfileError } from "./dockerfile-error.ts";
import type { Instruction } from "./instructions/instruction.ts";
import { readInstruction } from "./instructions/read-instruction.ts";
import type { Directives } from "./syntax/directives.ts";
import type { Heredoc } from "./syntax/heredoc.ts";
import { readSyntax } from "./syntax/read-syntax.ts";
import type { Comment, SourcePiece, SyntaxNode, SyntaxStatement } from "./syntax/syntax-node.ts";

/** Lines of a Dockerfile, counted from 1, both ends included. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** Where an instruction stands. */
export interface Placement {
  readonly range: LineRange;
  /** The comment lines since the instruction before. */
  readonly comments: readonly Comment[];
  /** The instruction's lines joined at their continuations, without heredoc contents. */
  readonly source: string;
  /** Where the parts of `source` stand in the file. */
  readonly pieces: readonly SourcePiece[];
  /** What its line opens, for whoever reads `source` once more. */
  readonly heredocs: readonly Heredoc[];
  /** Empty lines inside the instruction's continuation, which a later builder will refuse. */
  readonly emptyContinuations: readonly number[];
}

/** An instruction and where it stands; told apart by `keyword`. */
export type Statement<I extends Instruction = Instruction> = I extends Instruction ? I & Placement : never;

/** `instruction` at the place where `syntax` stands. */
export function place(instruction: Instruction, syntax: PlacedSyntax): Statement {
  const { startLine, endLine, comments, source, pieces, heredocs, emptyContinuations } = syntax;
  const range = { start: startLine, end: endLine };
  return { ...instruction, range, comments, source, pieces, heredocs, emptyContinuations };
}

type PlacedSyntax = Omit<SyntaxStatement, keyof SyntaxNode>;

/** Every instruction of `text`, whatever their order. @throws DockerfileError where BuildKit refuses one */
export function readAll(text: string): Statement[] {
  return readSyntax(text).statements.map((syntax) =>
    place(
      atLine(syntax.startLine, () => readInstruction(syntax)),
      syntax,
    ),
  );
}

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
