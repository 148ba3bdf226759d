import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Plan, readPlan } from "../review/plan.ts";
import { ApplyReport, outputValues } from "./apply-report.ts";
import { showFailedBuilds } from "./failed-build.ts";
import { InterruptionError } from "./interruption.cjs";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";

interface StateResource {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What is to be planned. */
interface PlanOptions {
  readonly verb: "up" | "down";
  readonly replace?: readonly string[];
}

/** A plan in a file, what it intends, and the report of how it is made and done. */
export interface PlannedRun {
  readonly file: string;
  readonly verb: "up" | "down";
  readonly plan: Plan;
  readonly report: ApplyReport;
}

/** Terraform in one stack's synthesized folder. */
export class TerraformRun {
  constructor(
    private readonly stack: SynthesizedStack,
    private readonly tools: Tools,
  ) {}

  /** Whether an init has to run: never ran here, or what it depends on is not what it was. */
  get needsInit(): boolean {
    return !existsSync(this.marker) || readFileSync(this.marker, "utf8") !== this.fingerprint;
  }

  /** The version of a provider that the last init chose, e.g. of `kreuzwerker/docker`; unknown where one is overridden. */
  providerVersion(name: string): string | undefined {
    const file = join(this.stack.folder, ".terraform.lock.hcl");
    if (!existsSync(file)) return undefined;
    const chosen = readFileSync(file, "utf8").matchAll(
      /^provider "[^"]*?([^"/]+\/[^"/]+)" \{\s*version\s*=\s*"([^"]+)"/gm,
    );
    return [...chosen].find(([, each]) => each === name)?.[2];
  }

  /** Whether there is anything that Terraform could know of; a backend elsewhere may always have something. */
  get hasState(): boolean {
    const path = this.stack.localStatePath;
    return path === undefined || existsSync(resolve(this.stack.folder, path));
  }

  /** Whether a state of it lies here and has nothing any more, as after a `down`. */
  get isTakenDown(): boolean {
    const path = this.stack.localStatePath;
    if (path === undefined || !this.hasState) return false;
    const state = JSON.parse(readFileSync(resolve(this.stack.folder, path), "utf8")) as { resources?: unknown[] };
    return state.resources?.length === 0;
  }

  async init(): Promise<void> {
    // The lock file in the output folder is generated like all of it; one that another set of providers left refuses this one.
    rmSync(join(this.stack.folder, ".terraform.lock.hcl"), { force: true });
    const { run, outputTail } = this.tools.command;
    const result = await run(this.program, [this.chdir, "init", "-input=false", "-no-color"], {});
    if (result.interrupted) throw new InterruptionError();
    if (result.code !== 0) throw new Error(`${this.name} init failed\n${outputTail(result, 40)}`);
    writeFileSync(this.marker, this.fingerprint);
  }

  /**
   * Plans a deploy, or that all goes, and keeps that in a file for {@link apply}.
   *
   * @param replace addresses of resources that are made anew whatever the plan thinks of them
   */
  async plan(file: string, { verb, replace = [] }: PlanOptions): Promise<PlannedRun> {
    const { verbose, live } = this.tools.terminal;
    const paths = new Set(this.stack.engineSteps.map(({ path }) => path));
    const report = new ApplyReport(this.stack, verbose, { paths, isLive: live });
    const destroy = verb === "down" ? ["-destroy"] : [];
    const words = ["plan", ...destroy, "-input=false", "-json", `-out=${file}`];
    const result = await this.reported(report, [...words, ...replace.map((address) => `-replace=${address}`)]);
    if (result.interrupted) throw new InterruptionError();
    this.refuse(result, report, "plan");
    const { command } = this.tools;
    const shown = await command.run(this.program, [this.chdir, "show", "-json", "-no-color", file], {});
    // of standard output not a word: it is the plan, which holds secrets
    if (shown.code !== 0) throw new Error(`${this.name} does not show its plan\n${shown.stderr.trim()}`);
    const plan = readPlan(shown.stdout, (address) => this.stack.constructOf(address));
    return { file, verb, plan, report };
  }

  /** Does what was planned, and nothing else: Terraform refuses a plan of a state that is another by now. */
  async apply({ file, verb, report }: PlannedRun): Promise<ApplyReport> {
    if (!existsSync(file))
      throw new Error("another slipway planned this stack here meanwhile, and nothing was changed: start anew");
    report.isPlanning = false;
    const result = await this.reported(report, ["apply", "-input=false", "-json", file]);
    if (result.code !== 0 && result.interrupted) throw new InterruptionError(undone(verb, this.stack.name));
    if (result.code !== 0) await showFailedBuilds(this.stack, report.failed, this.tools);
    this.refuse(result, report, "apply");
    return report;
  }

  /** What the state says of a resource by its address; asked of Terraform, wherever the state lies. */
  async show(): Promise<(address: string) => Readonly<Record<string, unknown>> | undefined> {
    const { values } = JSON.parse(await this.answer("show")) as {
      values?: { root_module?: { resources?: StateResource[] } };
    };
    const resources = values?.root_module?.resources ?? [];
    return (address) => resources.find((each) => each.address === address)?.values;
  }

  /** The outputs that the state has, by name; of a sensitive one nothing but that it is. */
  async outputs(): Promise<Record<string, unknown>> {
    return outputValues(JSON.parse(await this.answer("output")));
  }

  /** What Terraform answers about the state, after an init where it wants one. */
  private async answer(verb: "show" | "output"): Promise<string> {
    const { run, outputTail } = this.tools.command;
    const ask = () => run(this.program, [this.chdir, verb, "-json", "-no-color"], {});
    let result = await ask();
    if (result.code !== 0) {
      await this.init();
      result = await ask();
    }
    if (result.code !== 0) throw new Error(`${this.name} ${verb} failed\n${outputTail(result, 20)}`);
    return result.stdout;
  }

  /** Runs what says on its way how far it is, for people. */
  private async reported(report: ApplyReport, words: readonly string[]) {
    const { terminal, command } = this.tools;
    const onLine = (line: string, isInterrupted: boolean) => {
      // a plan that is cut off counts what it had come to, which reads as if that were all
      if (isInterrupted && report.isPlanning) return;
      for (const text of report.read(line)) terminal.note(text);
    };
    const more = terminal.verbose ? this.logged(report.isPlanning) : {};
    const result = await terminal.watching(
      () => report.now(Date.now()),
      () => command.run(this.program, [this.chdir, ...words], { onLine, ...more }),
    );
    if (terminal.verbose) terminal.note(`Terraform's own log, which may hold secrets: ${this.logFile}`);
    return result;
  }

  private refuse({ code }: { readonly code: number }, { errors }: ApplyReport, verb: string): void {
    if (code !== 0) throw new Error(errors.join("\n") || `${this.name} ${verb} failed with exit status ${code}`);
  }

  /** Terraform's own log goes to a file that its owner alone reads: a provider writes down what it sends. */
  private logged(isFirst: boolean): { env: NodeJS.ProcessEnv } {
    if (isFirst) writeFileSync(this.logFile, "", { mode: 0o600 });
    return { env: { ...process.env, TF_LOG: process.env.TF_LOG ?? "DEBUG", TF_LOG_PATH: this.logFile } };
  }

  private get logFile(): string {
    return join(this.stack.folder, "terraform.log");
  }

  private get program(): string {
    return this.tools.terraform?.program ?? "terraform";
  }

  private get name(): string {
    return this.tools.terraform?.name ?? "Terraform";
  }

  private get chdir(): string {
    return `-chdir=${this.stack.folder}`;
  }

  private get marker(): string {
    return join(this.stack.folder, ".terraform", "slipway-init");
  }

  private get fingerprint(): string {
    const config = process.env.TF_CLI_CONFIG_FILE;
    const parts = [
      this.stack.settings,
      this.tools.terraform,
      config && existsSync(config) ? readFileSync(config, "utf8") : config,
    ];
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  }
}

/** What a person who pressed Ctrl-C is to know; Terraform's own last words are about its resources. */
function undone(verb: "up" | "down", stack: string): string {
  return `what was done is in Terraform's state, and the next npx slipway ${verb} ${stack} finishes it`;
}
