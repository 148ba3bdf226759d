import type { Comment } from "../syntax/syntax-node.ts";

/** Why a build fails at a line; told apart by the lint rule that speaks of it. */
export interface BuildFault {
  readonly rule: string;
  readonly line: number;
  readonly reason: string;
}

/** What one of BuildKit's own checks warns of. */
export interface BuildWarning {
  /** BuildKit's name of the check, e.g. `JSONArgsRecommended`. */
  readonly check: string;
  readonly line: number;
  /** The comments above the instruction that is looked at, which may switch the check off. */
  readonly comments: readonly Comment[];
  /** Whether the check speaks only where it is asked for. @default false */
  readonly experimental?: boolean;
  /** What it is about, e.g. a variable. */
  readonly got?: string;
}
