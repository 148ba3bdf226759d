import type { Heredoc } from "./heredoc.ts";

/** A comment line, without its `#` and the blanks around. */
export interface Comment {
  readonly line: number;
  readonly text: string;
}

/** An instruction as the grammar sees it: words, before anybody asks what they mean. */
export interface SyntaxNode {
  /** As written, in any letter case. */
  readonly keyword: string;
  readonly flags: readonly string[];
  /** The words; name, value and `=` in turn for ENV and LABEL; the inner keyword and its words for ONBUILD. */
  readonly args: readonly string[];
  /** Whether the arguments were a JSON array. */
  readonly json: boolean;
  /** The instruction inside an ONBUILD. */
  readonly trigger?: SyntaxNode;
}

/** A piece of a file's text that stands in an instruction's joined line. */
export interface SourcePiece {
  /** Where it starts in the joined line. */
  readonly at: number;
  /** Where it starts in the file. */
  readonly offset: number;
  readonly length: number;
}

/** A node and where it stands. */
export interface SyntaxStatement extends SyntaxNode {
  readonly heredocs: readonly Heredoc[];
  /** The lines, joined at their continuations, without heredoc contents. */
  readonly source: string;
  /** Where the parts of `source` stand in the file, one for each line. */
  readonly pieces: readonly SourcePiece[];
  readonly startLine: number;
  /** The last line, heredocs included. */
  readonly endLine: number;
  /** The comment lines since the last instruction. */
  readonly comments: readonly Comment[];
  /** The empty lines inside a continuation, which a later builder will refuse. */
  readonly emptyContinuations: readonly number[];
}
