/** What the core of a release is told about one task. */
export interface TaskLine {
  readonly name: string;
  /** What tells one content of the task from another; may be a reference. */
  readonly spec: string;
  readonly timeoutSeconds: number;
  /** The services that it stands before; empty for all. */
  readonly before: readonly string[];
}

/** The lines `NAME SPEC TIMEOUT BEFORE` that `core.sh` reads, tabs between, in the order in which the tasks run. */
export function taskLines(tasks: readonly TaskLine[]): string {
  return tasks
    .map(
      ({ name, spec, timeoutSeconds, before }) => `${name}\t${spec}\t${timeoutSeconds}\t${before.join(",") || "-"}\n`,
    )
    .join("");
}
