import type { Instruction } from "./instructions/instruction.ts";
import type { Comment, SyntaxStatement } from "./syntax/syntax-node.ts";

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
  /** Empty lines inside the instruction's continuation, which a later builder will refuse. */
  readonly emptyContinuations: readonly number[];
}

/** An instruction and where it stands; told apart by `keyword`. */
export type Statement<I extends Instruction = Instruction> = I extends Instruction ? I & Placement : never;

/** `instruction` at the place where `syntax` stands. */
export function place(instruction: Instruction, syntax: SyntaxStatement): Statement {
  const { startLine, endLine, comments, source, emptyContinuations } = syntax;
  return { ...instruction, range: { start: startLine, end: endLine }, comments, source, emptyContinuations };
}
