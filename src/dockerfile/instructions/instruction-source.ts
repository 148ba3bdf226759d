import type { Heredoc } from "../syntax/heredoc.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";

/** An instruction's words, and the heredocs that its line opened. */
export interface InstructionSource extends SyntaxNode {
  readonly heredocs: readonly Heredoc[];
}
