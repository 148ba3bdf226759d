import { awsRemedy } from "./aws-remedy.ts";
import { ownerOf } from "./declared-resources.ts";
import { EngineProgress } from "./engine-progress.ts";
import { registryRemedy } from "./registry-remedy.ts";
import { lockedState } from "./state-lock.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";

/** An output as Terraform prints it, wherever it does. */
interface Output {
  readonly value?: unknown;
  readonly sensitive?: boolean;
}

/** A resource that is at work. */
interface Running {
  readonly path: string;
  /** When it began, in milliseconds. */
  readonly since: number;
  readonly progress: EngineProgress;
}

/** One line of `terraform … -json`, as far as it is shown. */
interface Message {
  readonly type?: string;
  readonly "@message"?: string;
  readonly "@level"?: string;
  readonly hook?: {
    readonly resource?: { readonly addr?: string; readonly resource_type?: string };
    readonly action?: string;
    readonly elapsed_seconds?: number;
    readonly output?: string;
  };
  readonly change?: { readonly action?: string; readonly resource?: { readonly addr?: string } };
  readonly changes?: {
    readonly add: number;
    readonly change: number;
    readonly remove: number;
    readonly operation: string;
  };
  readonly diagnostic?: {
    readonly severity: string;
    readonly summary: string;
    readonly detail?: string;
    readonly address?: string;
  };
  readonly outputs?: Record<string, Output>;
}

/** How Terraform and OpenTofu begin what a check of the stack says. */
const FAILED_CHECK = "Check block assertion failed";

const DONE: Record<string, string> = { create: "created", delete: "removed", update: "changed", read: "read" };

/**
 * Turns Terraform's machine-readable progress into lines for people: one a finished resource, under its construct path,
 * and every reason of a failure in full, the output of its commands included.
 */
export class ApplyReport {
  /** How many resources were created, changed, removed and, in place of the former, made anew. */
  changes = { add: 0, change: 0, remove: 0, replace: 0 };
  outputs: Record<string, unknown> = {};
  readonly errors: string[] = [];
  /** The addresses of resources that failed. */
  readonly failed: string[] = [];
  /** Until what is planned is done: what a check of the stack says meanwhile is read from the plan, and shown first. */
  isPlanning = true;
  private readonly replaced = new Set<string | undefined>();
  private readonly running = new Map<string, Running>();
  /** What was shown of what each step said, by its path. */
  private readonly told = new Map<string, Set<string>>();

  /**
   * @param verbose whether to show every message of Terraform's, and not only what people need
   * @param engine which steps say how an engine gets on, and whether {@link now} is all that is shown of that
   */
  constructor(
    private readonly stack: Pick<SynthesizedStack, "pathOf"> & Partial<Pick<SynthesizedStack, "folder">>,
    private readonly verbose = false,
    private readonly engine: { readonly paths: ReadonlySet<string>; readonly isLive: boolean } = NO_ENGINE,
  ) {}

  /**
   * What is at work at this moment and for how long: of several, one that says how far it is, else the one that began
   * first, and how many more there are. No text where nothing is.
   */
  now(at: number): string {
    const all = [...this.running.values()].sort((a, b) => a.since - b.since);
    const shown = all.find(({ progress }) => progress.now() !== "") ?? all[0];
    if (shown === undefined) return "";
    const more = all.length === 1 ? "" : ` (+${all.length - 1} more)`;
    const now = shown.progress.now(this.engine.isLive ? NARROW : undefined);
    const said = now === "" ? "" : `: ${now}`;
    return `${ownerOf(shown.path)}, ${Math.max(0, Math.round((at - shown.since) / 1000))} s${more}${said}`;
  }

  /** What to show for one line of Terraform's output. */
  read(line: string): string[] {
    let message: Message;
    try {
      message = JSON.parse(line);
    } catch {
      return line.trim() === "" ? [] : [line];
    }
    const lines = this.linesOf(message);
    const said = message["@message"];
    return lines.length === 0 && this.verbose && message.type !== "outputs" && said ? [said] : lines;
  }

  private linesOf(message: Message): string[] {
    const path = this.stack.pathOf(message.hook?.resource?.addr ?? "");
    this.follow(message, path);
    switch (message.type) {
      case "apply_complete":
        return [
          `${DONE[message.hook?.action ?? ""] ?? message.hook?.action} ${path}${seconds(message.hook?.elapsed_seconds)}`,
        ];
      case "apply_errored":
        return [`failed ${path}${seconds(message.hook?.elapsed_seconds)}`];
      case "apply_progress":
        // every ten seconds of each; whoever shows now says it
        return [];
      case "provision_progress":
        return this.provisioned(path, message.hook?.output ?? "").map((text) =>
          // a host says of itself who it is
          path.startsWith(`${text.split(":")[0]}/`) ? text : `${path} | ${text}`,
        );
      case "planned_change":
        if (message.change?.action === "replace") this.replaced.add(message.change.resource?.addr);
        return [];
      case "change_summary":
        return this.count(message);
      case "diagnostic":
        return this.diagnose(message);
      case "outputs":
        this.outputs = outputValues(message.outputs ?? {});
        return [];
      default:
        return message["@level"] === "error" && message["@message"] ? [message["@message"]] : [];
    }
  }

  private follow({ type = "" }: Message, path: string): void {
    if (type === "apply_start") this.running.set(path, { path, since: Date.now(), progress: new EngineProgress() });
    if (type === "apply_complete" || type === "apply_errored") this.running.delete(path);
  }

  /** What to show of what a step says: of a build or a push each step that begins, all of it of any other. */
  private provisioned(path: string, output: string): string[] {
    if (output.startsWith("Executing: [")) return [];
    const { progress } = this.running.get(path) ?? {};
    if (progress === undefined || !this.engine.paths.has(path)) {
      this.told.set(path, (this.told.get(path) ?? new Set()).add(output.trim()));
      return [output];
    }
    const steps = progress.read(output);
    if (this.verbose) return [output];
    // What no engine said is the script's own word, e.g. which tags there are now.
    return this.engine.isLive ? steps.filter((step) => step === output.trimEnd()) : steps;
  }

  private count({ changes }: Message): string[] {
    if (!changes) return [];
    const { add, change, remove, operation } = changes;
    const counts = apart(add, change, remove, this.replaced.size);
    if (operation !== "plan") {
      this.changes = counts;
      return [];
    }
    const replaced = counts.replace === 0 ? "" : `, to replace ${counts.replace}`;
    const text = `to create ${counts.add}, to change ${change}, to remove ${counts.remove}${replaced}`;
    return [add + change + remove === 0 ? "nothing to change" : text];
  }

  private diagnose({ diagnostic }: Message): string[] {
    if (!diagnostic) return [];
    const { severity, summary, detail, address } = diagnostic;
    const head = `${severity}: ${address ? `${this.stack.pathOf(address)}: ` : ""}${summary}`;
    const text = [head, ...(detail ? this.detailOf(detail, address) : [])];
    if (severity !== "error") return this.isPlanning && summary === FAILED_CHECK ? [] : text;
    if (address !== undefined) this.failed.push(address);
    const locked = lockedState(text.join("\n"), this.stack.folder);
    if (locked !== undefined) {
      this.errors.push(locked);
      return [];
    }
    const remedy = remedyOf([head, detail].join("\n"));
    if (remedy !== undefined) text.push(`what to do: ${remedy}`);
    this.errors.push(text.join("\n  "));
    return [];
  }

  /** The lines of a reason: of a build or a push, which says hundreds, the last; of what stands above already, the last one. */
  private detailOf(detail: string, address = ""): string[] {
    const lines = detail.trimEnd().split("\n");
    const path = this.stack.pathOf(address);
    const said = /\bOutput: ([\s\S]+)/.exec(detail.trimEnd())?.[1]?.split("\n");
    const told = this.told.get(path);
    if (said && told && said.every((line) => told.has(line.trim()))) return said.slice(-1);
    if (!this.engine.paths.has(path) || lines.length <= LAST_LINES) return lines;
    const [command = ""] = lines;
    return [command.replace(/ Output: .*$/, " Its last words:"), ...lines.slice(-LAST_LINES)];
  }
}

/** As many lines of a build that failed as have the reason, and the Dockerfile's line, in them. */
const LAST_LINES = 30;
/** As much of a step's name as leaves room, in one line, for what it says. */
const NARROW = 20;
const NO_ENGINE = { paths: new Set<string>(), isLive: false };

function remedyOf(text: string): string | undefined {
  if (/^error: Saved plan is stale/.test(text))
    return "somebody else deployed meanwhile: deploy again, by a plan of what is there now";
  return awsRemedy(text) ?? registryRemedy(text);
}

/**
 * Terraform counts a replacement as one created and one removed, which reads like destruction: what is made anew is said
 * apart. An apply that ended early made fewer of them than were planned.
 */
function apart(add: number, change: number, remove: number, planned: number) {
  const replace = Math.min(planned, add, remove);
  return { add: add - replace, change, remove: remove - replace, replace };
}

/** What may be shown of outputs: a sensitive one is named, never told. */
export function outputValues(outputs: Readonly<Record<string, Output>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { value, sensitive }]) => [name, sensitive ? "(sensitive)" : value]),
  );
}

function seconds(elapsed: number | undefined): string {
  return elapsed ? ` (${elapsed} s)` : "";
}
