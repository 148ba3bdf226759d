import { awsRemedy } from "./aws-remedy.ts";
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
  said?: string;
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

  /**
   * @param verbose whether to show every message of Terraform's, and not only what people need
   * @param isFolded of which steps the last line alone is shown, by {@link now}; e.g. of a build
   */
  constructor(
    private readonly stack: Pick<SynthesizedStack, "pathOf"> & Partial<Pick<SynthesizedStack, "folder">>,
    private readonly verbose = false,
    private readonly isFolded: (path: string) => boolean = () => false,
  ) {}

  /** What is at work at this moment, the longest first, and what the first of them said last; no text where nothing is. */
  now(at: number): string {
    const all = [...this.running.values()].sort((a, b) => a.since - b.since);
    const said = all.find((each) => each.said !== undefined)?.said;
    const names = all.map(({ path, since }) => `${path} ${Math.max(0, Math.round((at - since) / 1000))} s`);
    return [names.join(", "), ...(said === undefined ? [] : [said])].join(" | ");
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
        return (message.hook?.elapsed_seconds ?? 0) % 30 < 10
          ? [`still at ${path}${seconds(message.hook?.elapsed_seconds)}`]
          : [];
      case "provision_progress":
        return this.isFolded(path) || message.hook?.output?.startsWith("Executing: [")
          ? []
          : [`${path} | ${message.hook?.output ?? ""}`];
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

  private follow({ type = "", hook }: Message, path: string): void {
    if (type === "apply_start") this.running.set(path, { path, since: Date.now() });
    if (type === "apply_complete" || type === "apply_errored") this.running.delete(path);
    const running = this.running.get(path);
    if (type === "provision_progress" && running && this.isFolded(path) && hook?.output?.trim())
      running.said = hook.output.trim();
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
    const text = [
      `${severity}: ${address ? `${this.stack.pathOf(address)}: ` : ""}${summary}`,
      ...(detail ? detail.trimEnd().split("\n") : []),
    ];
    if (severity !== "error") return this.isPlanning && summary === FAILED_CHECK ? [] : text;
    if (address !== undefined) this.failed.push(address);
    const locked = lockedState(text.join("\n"), this.stack.folder);
    if (locked !== undefined) {
      this.errors.push(locked);
      return [];
    }
    const remedy = remedyOf(text.join("\n"));
    if (remedy !== undefined) text.push(`what to do: ${remedy}`);
    this.errors.push(text.join("\n  "));
    return [];
  }
}

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
