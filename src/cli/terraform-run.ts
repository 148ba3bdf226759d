import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ApplyReport, outputValues } from "./apply-report.ts";
import { showFailedBuilds } from "./failed-build.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";

interface StateResource {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
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

  async init(): Promise<void> {
    // The lock file in the output folder is generated like all of it; one that another set of providers left refuses this one.
    rmSync(join(this.stack.folder, ".terraform.lock.hcl"), { force: true });
    const { run, lastWords } = this.tools.command;
    const result = await run(this.program, [this.chdir, "init", "-input=false", "-no-color"], {});
    if (result.code !== 0) throw new Error(`${this.name} init failed\n${lastWords(result, 40)}`);
    writeFileSync(this.marker, this.fingerprint);
  }

  /** @param replace addresses of resources that are made anew whatever the plan thinks of them */
  apply(replace: readonly string[] = []): Promise<ApplyReport> {
    return this.change("apply", ...replace.map((address) => `-replace=${address}`));
  }

  /** What the state says of a resource by its address; asked of Terraform, wherever the state lies. */
  async show(): Promise<(address: string) => Readonly<Record<string, unknown>> | undefined> {
    const { run, lastWords } = this.tools.command;
    const ask = () => run(this.program, [this.chdir, "show", "-json"], {});
    let result = await ask();
    if (result.code !== 0) {
      await this.init();
      result = await ask();
    }
    if (result.code !== 0) throw new Error(`${this.name} show failed\n${lastWords(result, 20)}`);
    const { values } = JSON.parse(result.stdout) as { values?: { root_module?: { resources?: StateResource[] } } };
    const resources = values?.root_module?.resources ?? [];
    return (address) => resources.find((each) => each.address === address)?.values;
  }

  /** The outputs that the state has, by name; of a sensitive one nothing but that it is. */
  async outputs(): Promise<Record<string, unknown>> {
    const { run, lastWords } = this.tools.command;
    const ask = () => run(this.program, [this.chdir, "output", "-json", "-no-color"], {});
    let result = await ask();
    if (result.code !== 0) {
      await this.init();
      result = await ask();
    }
    if (result.code !== 0) throw new Error(`${this.name} output failed\n${lastWords(result, 20)}`);
    return outputValues(JSON.parse(result.stdout));
  }

  destroy(): Promise<ApplyReport> {
    return this.change("destroy");
  }

  private async change(verb: "apply" | "destroy", ...options: readonly string[]): Promise<ApplyReport> {
    const report = new ApplyReport(this.stack, this.tools.terminal.verbose);
    const { terminal, command } = this.tools;
    const onLine = (line: string) => {
      for (const text of report.read(line)) terminal.note(text);
    };
    const words = [this.chdir, verb, "-auto-approve", "-input=false", "-json", ...options];
    const result = await command.run(this.program, words, { onLine, ...(terminal.verbose ? this.logged() : {}) });
    if (terminal.verbose) terminal.note(`Terraform's own log, which may hold secrets: ${this.logFile}`);
    if (result.code !== 0 && result.interrupted) throw new Error(interruption(verb, this.stack.name));
    if (result.code !== 0) await showFailedBuilds(this.stack, report.failed, this.tools);
    if (result.code !== 0)
      throw new Error(report.errors.join("\n") || `${this.name} ${verb} failed with exit status ${result.code}`);
    return report;
  }

  /** Terraform's own log goes to a file that its owner alone reads: a provider writes down what it sends. */
  private logged(): { env: NodeJS.ProcessEnv } {
    writeFileSync(this.logFile, "", { mode: 0o600 });
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
function interruption(verb: "apply" | "destroy", stack: string): string {
  const again = verb === "apply" ? "up" : "down";
  return `interrupted: what was done is in Terraform's state, and the next npx slipway ${again} ${stack} finishes it`;
}
