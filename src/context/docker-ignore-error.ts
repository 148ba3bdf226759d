import { InvalidValueError } from "../values/invalid-value-error.ts";

/** Where an ignore file is wrong, and how. */
export interface DockerIgnoreProblem {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** The pattern as it was typed. */
  readonly pattern: string;
  /** What the engine says about it. */
  readonly reason: string;
  /** The path that the pattern fails on, where reading the file alone did not show it. */
  readonly path?: string;
}

/** An ignore file that the engine refuses, or a pattern of it that fails on a path. */
export class DockerIgnoreError extends InvalidValueError implements DockerIgnoreProblem {
  readonly file: string;
  readonly line: number;
  readonly pattern: string;
  readonly reason: string;
  readonly path?: string;

  constructor(problem: DockerIgnoreProblem) {
    const { file, line, reason, pattern, path } = problem;
    const on = path === undefined ? "" : `, on path ${JSON.stringify(path)}`;
    super({
      subject: `${file} line ${line}`,
      rule: `is refused by Docker (${reason}${on})`,
      got: pattern,
      remedy: REMEDY,
    });
    this.file = file;
    this.line = line;
    this.pattern = pattern;
    this.reason = reason;
    this.path = path;
  }
}

const REMEDY = 'correct the pattern, or write "\\\\" before a character that stands for itself';
