import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { IsolatedEngine } from "../../scripts/engines/isolated-engine.mjs";
import { outputTail, run as runCommand } from "../../src/cli/command.mjs";
import { EngineCleanup } from "../../src/cli/engine-cleanup.ts";
import { type EndedChild, endOf } from "../ended-child.ts";

const ROOT = resolve(__dirname, "../..");
const TERRAFORM = process.env.SLIPWAY_TERRAFORM ?? "terraform";

/** A project folder of its own, with a program that declares one stack and the application that it builds. */
export class Project {
  readonly directory = mkdtempSync(join(tmpdir(), "slipway-project-"));
  private readonly applies: number[] = [];

  constructor(
    private readonly program: string,
    private readonly stack: string,
    application: Readonly<Record<string, string>>,
    /** What synth and Terraform see beside this process's own environment. */
    private readonly environment: Readonly<Record<string, string>> = {},
    /** A program as it is started where the engine is. @default - on this machine */
    private readonly inside: IsolatedEngine["inside"] = (program, words) => [program, [...words]],
  ) {
    for (const [path, text] of Object.entries(application)) this.write(path, text);
  }

  write(path: string, text: string): void {
    const file = join(this.directory, "app", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(join(this.directory, "app", path), "utf8");
  }

  /** The same tree in another folder, as a clone would be. */
  clone(): Project {
    const clone = new Project(this.program, this.stack, {}, this.environment);
    cpSync(join(this.directory, "app"), join(clone.directory, "app"), { recursive: true });
    return clone;
  }

  async synth(environment: Readonly<Record<string, string>> = {}): Promise<string> {
    const tsx = require.resolve("tsx");
    const run = await this.run(
      process.execPath,
      ["--import", tsx, join(ROOT, "__tests__/real/programs", this.program)],
      environment,
    );
    if (run.status !== 0) throw new Error(run.output);
    return readFileSync(join(this.stackDirectory, "cdk.tf.json"), "utf8");
  }

  async init(): Promise<void> {
    const run = await this.terraform("init");
    if (run.status !== 0) throw new Error(run.output);
  }

  apply(): Promise<EndedChild> {
    return this.terraform("apply", "-auto-approve");
  }

  /** 0: nothing to do; 1: an error; 2: something would change. */
  plan(): Promise<EndedChild> {
    return this.terraform("plan", "-detailed-exitcode");
  }

  async terraform(verb: string, ...words: string[]): Promise<EndedChild> {
    return errorsFirst(await this.run(TERRAFORM, this.terraformArguments(verb, words)));
  }

  /** An apply that the caller may kill; the providers that it leaves behind then go with the project. */
  startApply(): ChildProcess {
    const apply = spawn(TERRAFORM, this.terraformArguments("apply", ["-auto-approve"]), {
      cwd: this.directory,
      env: { ...process.env, CHECKPOINT_DISABLE: "1", ...this.environment },
      stdio: "ignore",
      detached: true,
    });
    if (apply.pid !== undefined) this.applies.push(apply.pid);
    return apply;
  }

  state(): string {
    return readFileSync(join(this.directory, `terraform.${this.stack}.tfstate`), "utf8");
  }

  async output(name: string): Promise<string> {
    return (await this.terraform("output", "-raw", name)).output;
  }

  /** The ids of the containers that carry the stack's label, ended ones too. */
  containers(): string[] {
    const label = `label=dev.slipway.stack=${this.stack}`;
    return docker("ps", "--all", "--quiet", "--no-trunc", "--filter", label).split("\n").filter(Boolean).sort();
  }

  /** The ids of containers, networks and volumes that carry the stack's label. */
  onEngine(): string[] {
    const label = ["--quiet", "--filter", `label=dev.slipway.stack=${this.stack}`];
    const listed = [
      ["ps", "--all"],
      ["network", "ls"],
      ["volume", "ls"],
    ].map((words) => docker(...words, ...label));
    return listed.flatMap((ids) => ids.split("\n")).filter(Boolean);
  }

  /**
   * Takes from the engine what carries the stack's label, whoever made it: what a run of these tests that was killed has
   * left has the names and the ports that this one is about to take.
   */
  async cleanUp(): Promise<void> {
    const cleanup = new EngineCleanup(this.stack, { run: runCommand, outputTail });
    const { failures } = await cleanup.run();
    if (failures.length > 0) throw new Error(`what a run before has left cannot be removed\n${failures.join("\n")}`);
  }

  /** Takes everything away, the folder too. */
  async destroy(): Promise<EndedChild> {
    const run = await this.terraform("destroy", "-auto-approve");
    this.remove();
    return run;
  }

  /** Removes the folder of a project that never was applied, or no longer is. */
  remove(): void {
    for (const apply of this.applies.splice(0)) killGroup(apply);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get stackDirectory(): string {
    return join(this.directory, "cdktf.out/stacks", this.stack);
  }

  private terraformArguments(verb: string, words: readonly string[]): string[] {
    const input = ["init", "plan", "apply", "destroy"].includes(verb) ? ["-input=false"] : [];
    const colourless = verb === "state" ? [] : ["-no-color"];
    return [`-chdir=${this.stackDirectory}`, verb, ...input, ...colourless, ...words];
  }

  /** Not synchronous: requests of the same test must go on meanwhile. */
  private run(
    command: string,
    words: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<EndedChild> {
    const child = spawn(...this.inside(command, words, this.directory), {
      cwd: this.directory,
      env: {
        SLIPWAY_LOCKFILE: join(ROOT, "slipway.lock.json"),
        // How long a release waits before it looks again; half a second would be most of what many of these take.
        SLIPWAY_PAUSE: "0.2",
        ...process.env,
        CHECKPOINT_DISABLE: "1",
        ...this.environment,
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return endOf(child);
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

/** A failed test shows how a text begins, and a plan is long. */
function errorsFirst({ status, output }: EndedChild): EndedChild {
  const at = output.search(/^Error: /m);
  return { status, output: at < 0 ? output : `${output.slice(at)}\n${output.slice(0, at)}` };
}

/** Runs a docker command and returns what it prints. */
export function docker(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync("docker", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`docker ${words.join(" ")}: ${stderr}`);
  return stdout.trim();
}

export async function waitFor(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("did not happen within a minute");
}
