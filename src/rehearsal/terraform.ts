import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProgramOutcome, runProgram } from "./program.ts";

/** A resource of a plan and what would happen to it. */
export interface PlannedAction {
  readonly address: string;
  readonly actions: readonly string[];
  /** The attributes that differ, of what would be updated or replaced. */
  readonly attributes: readonly string[];
}

type Values = Readonly<Record<string, unknown>> | null;

/** Terraform in one folder, with the environment of the deployer. */
export class Terraform {
  /** Milliseconds that each verb took, the latest run of it. */
  readonly durations: Record<string, number> = {};

  constructor(
    readonly folder: string,
    private readonly environment: NodeJS.ProcessEnv,
    private readonly onOutput: (chunk: string) => void = () => {},
    private readonly program = "terraform",
  ) {}

  async init(): Promise<void> {
    await this.#require("init", "-input=false");
  }

  async validate(): Promise<void> {
    await this.#require("validate");
  }

  async apply(signal?: AbortSignal, words: readonly string[] = []): Promise<ProgramOutcome> {
    return await this.run("apply", ["-auto-approve", "-input=false", ...words], signal);
  }

  async destroy(words: readonly string[] = []): Promise<ProgramOutcome> {
    return await this.run("destroy", ["-auto-approve", "-input=false", ...words]);
  }

  /** What a plan would do; empty for a stack that is as it was declared. */
  plan(words: readonly string[] = []): Promise<PlannedAction[]> {
    return this.#planned(words, async (actions) => actions);
  }

  /** Plans, and applies that very plan, as `slipway up` does. */
  applyPlanned(
    words: readonly string[] = [],
  ): Promise<{ readonly planned: readonly PlannedAction[]; readonly outcome: ProgramOutcome }> {
    return this.#planned(words, async (planned, file) => ({
      planned,
      outcome: await this.run("apply", ["-input=false", file]),
    }));
  }

  /** The state as Terraform shows it, sensitive values included. */
  async state(): Promise<string> {
    return await this.#require("state", "pull");
  }

  async outputs(): Promise<Record<string, unknown>> {
    const shown = JSON.parse(await this.#require("output", "-json")) as Record<string, { value: unknown }>;
    return Object.fromEntries(Object.entries(shown).map(([name, { value }]) => [name, value]));
  }

  /** Runs a verb, whatever its outcome. */
  async run(verb: string, args: readonly string[] = [], signal?: AbortSignal): Promise<ProgramOutcome> {
    const began = Date.now();
    const colourless = ["output", "state"].includes(verb) ? [] : ["-no-color"];
    const outcome = await runProgram(this.program, [`-chdir=${this.folder}`, verb, ...args, ...colourless], {
      env: { ...this.environment, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" },
      signal,
      onOutput: this.onOutput,
    });
    this.durations[verb] = Date.now() - began;
    return outcome;
  }

  /** Hands over a plan and its file, which goes afterwards. What would do nothing at all is not read once more. */
  async #planned<T>(words: readonly string[], use: (actions: PlannedAction[], file: string) => Promise<T>): Promise<T> {
    const directory = mkdtempSync(join(tmpdir(), "slipway-rehearsal-plan-"));
    const file = join(directory, "plan");
    try {
      const outcome = await this.run("plan", ["-input=false", "-detailed-exitcode", `-out=${file}`, ...words]);
      if (outcome.code !== NOTHING && outcome.code !== SOMETHING) throw ended("plan", outcome);
      const actions = outcome.code === NOTHING ? [] : actionsOf(await this.#require("show", "-json", file));
      return await use(actions, file);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }

  async #require(verb: string, ...args: string[]): Promise<string> {
    const outcome = await this.run(verb, args);
    if (outcome.code !== 0) throw ended(verb, outcome);
    return outcome.stdout;
  }
}

/** What `terraform plan -detailed-exitcode` ends with where it would do nothing, and where something. */
const NOTHING = 0;
const SOMETHING = 2;

function ended(verb: string, { code, stdout, stderr }: ProgramOutcome): Error {
  return new Error(`terraform ${verb} ended with status ${code}\n${errors(`${stdout}\n${stderr}`)}`);
}

/** What a plan that is shown as JSON would do. */
function actionsOf(shown: string): PlannedAction[] {
  const { resource_changes: changes = [] } = JSON.parse(shown) as {
    resource_changes?: { address: string; change: { actions: string[]; before: Values; after: Values } }[];
  };
  return changes
    .filter(({ change }) => !change.actions.every((action) => action === "no-op" || action === "read"))
    .map(({ address, change: { actions, before, after } }) => ({
      address,
      actions,
      attributes: differing(before, after),
    }));
}

function differing(before: Values, after: Values): string[] {
  if (!before || !after) return [];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** e.g. `aws_instance.host: update (tags)` */
export function plannedText({ address, actions, attributes }: PlannedAction): string {
  return `${address}: ${actions.join(", ")}${attributes.length > 0 ? ` (${attributes.join(", ")})` : ""}`;
}

/** What Terraform complained about, without the plan before it. */
export function errors(output: string): string {
  const first = output.search(/^(│ )?Error: /m);
  return (first < 0 ? output : output.slice(first)).trim().slice(-4_000);
}
