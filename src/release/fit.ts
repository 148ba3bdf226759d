/** A line of a sum in MiB: what there is, what of it is taken, below zero, what is left, and what is asked of that. */
export interface SumRow {
  readonly what: string;
  readonly mib: number;
}

/** What a declaration asks of a host that the host does not have, or may not. */
export interface FitFinding {
  /** The path of the construct that asks for it. */
  readonly path: string;
  readonly severity: "error" | "warning";
  /** What is to be changed there. */
  readonly property: string;
  /** What is asked, what there is, and the remedy. */
  readonly problem: string;
  readonly rows: readonly SumRow[];
}

/** What of a host is left for what it runs, and what of that is declared. */
export interface FitSum {
  readonly leftMiB: number;
  readonly rows: readonly SumRow[];
}

/** What a host has against what is declared, as far as it is known before the apply. */
export interface HostFit {
  /** @default - not known for its type */
  readonly memory?: FitSum & {
    /** What all containers may take at most, in sum. */
    readonly limitsMiB: number;
    /** What is reserved for what runs all the time. */
    readonly reservedMiB: number;
    /** What a release reserves on top while it replaces the one service that asks for most. */
    readonly rollMiB: number;
    /** The smallest type of the family in which all of it fits. @default - none has as much */
    readonly smallestType?: string;
  };
  readonly disk: FitSum & {
    /** How many releases keep their images on it, the one that comes included. */
    readonly releases: number;
  };
  readonly findings: readonly FitFinding[];
}

/** A finding after its construct's path, the table of its sum below it. */
export function findingText({ problem, rows }: Pick<FitFinding, "problem" | "rows">): string {
  const width = Math.max(...rows.map(({ mib }) => `${mib}`.length));
  return [problem, ...rows.map(({ what, mib }) => `  ${`${mib}`.padStart(width)} MiB  ${what}`)].join("\n");
}
