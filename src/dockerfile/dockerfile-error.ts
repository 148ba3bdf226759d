import { InvalidValueError } from "../values/invalid-value-error.ts";

/** Why a Dockerfile is refused, before anybody knows where it stands. */
export interface DockerfileProblem {
  /** What is wrong, e.g. `COPY needs a source and a destination`. */
  readonly reason: string;
  /** The piece of text that is wrong; never a whole line, which may hold a secret. */
  readonly got: unknown;
  readonly remedy?: string;
}

/**
 * A Dockerfile that the builder refuses, or an instruction that no Dockerfile can say. Why a line besides the words:
 * whoever reads the message goes there next.
 */
export class DockerfileError extends InvalidValueError {
  /** The line where the refused instruction starts, counted from 1. */
  readonly line: number;
  readonly reason: string;

  constructor(problem: DockerfileProblem & { readonly line: number }) {
    super({
      subject: `Dockerfile line ${problem.line}:`,
      rule: problem.reason,
      got: problem.got,
      remedy: problem.remedy,
    });
    this.line = problem.line;
    this.reason = problem.reason;
  }
}

/** Thrown inside the reader, where the line is not known; `atLine` turns it into a `DockerfileError`. */
export class Refusal extends Error {
  readonly problem: DockerfileProblem;

  constructor(reason: string, got: unknown, remedy?: string) {
    super(reason);
    this.problem = { reason, got, remedy };
  }

  /** The same refusal of the instruction `keyword`. */
  inside(keyword: string): Refusal {
    const { reason, got, remedy } = this.problem;
    return new Refusal(`${keyword} ${reason}`, got, remedy);
  }
}

/** Runs `read` and gives a refusal inside it the line where its instruction starts. */
export function atLine<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Refusal) throw new DockerfileError({ ...error.problem, line });
    throw error;
  }
}
