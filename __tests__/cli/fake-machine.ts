import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runCommandLine } from "./command-line-server.ts";

const SLIPWAY = resolve(__dirname, "../../src/cli/slipway.mjs");
const SHELL_TOOLS = ["sh", "cat", "env", "sleep", "mkdir", "kill", "touch", "rm", "ls"];

/** What a child process said and how it ended. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a pretended Terraform says and how it ends. */
export interface TerraformSays {
  readonly plan?: readonly object[];
  readonly planCode?: number;
  /** What `show -json` says of the plan, beside its format. */
  readonly planned?: object;
  readonly apply?: readonly object[];
  readonly code?: number;
  readonly version?: string;
  readonly dockerProvider?: string;
  readonly outputs?: object;
  /** Shell that runs before the plan is shown; `$file` is its file. */
  readonly whenShown?: string;
  /** Shell that runs at the end of an apply. */
  readonly whenApplied?: string;
}

/**
 * A machine that has only the programs it is given: a folder that is all of PATH. Each program is a line of shell, and
 * writes down how it was called.
 */
export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-machine-"));
  readonly bin = join(this.folder, "bin");
  private readonly log = join(this.folder, "calls");

  constructor() {
    mkdirSync(this.bin);
    writeFileSync(this.log, "");
    for (const name of SHELL_TOOLS) symlinkSync(which(name), join(this.bin, name));
  }

  /** Puts a program there: `script` is shell, in which `$1` … are its arguments. */
  program(name: string, script = "true"): this {
    const path = join(this.bin, name);
    rmSync(path, { force: true });
    writeFileSync(path, `#!${join(this.bin, "sh")}\necho "${name} $*" >> '${this.log}'\n${script}\n`);
    chmodSync(path, 0o755);
    return this;
  }

  remove(name: string): this {
    rmSync(join(this.bin, name), { force: true });
    return this;
  }

  /** A Docker client whose engine is there once the file `engine-up` is. */
  docker(info: object = {}): this {
    const document = JSON.stringify({ ServerVersion: "99.0", DockerRootDir: "/", RegistryConfig: {}, ...info });
    return this.program(
      "docker",
      `case "$1" in
        context) echo "default \${DOCKER_HOST:-unix:///var/run/docker.sock}" ;;
        info) if [ -e '${this.folder}/engine-up' ]; then echo '${document}'; else echo '{"ServerErrors":["cannot connect to the engine"]}'; exit 1; fi ;;
      esac`,
    );
  }

  engineUp(): this {
    writeFileSync(join(this.folder, "engine-up"), "");
    return this;
  }

  /**
   * A Terraform that knows its version, makes `.terraform`, prints what `plan` and `apply` are given to say, and applies
   * what it planned and nothing else. A stack's file `outputs.json` has its own outputs. The file `plans` has how `ls` saw each plan.
   */
  terraform(say: TerraformSays = {}): this {
    const lines = (messages: readonly object[] = []) =>
      messages.map((message) => `${JSON.stringify(message)}\n`).join("");
    const plan = { format_version: "1.2", resource_changes: [], ...say.planned };
    writeFileSync(join(this.folder, "outputs"), JSON.stringify(say.outputs ?? {}));
    writeFileSync(join(this.folder, "says"), lines(say.apply));
    writeFileSync(join(this.folder, "says-of-plan"), lines(say.plan));
    writeFileSync(join(this.folder, "planned"), JSON.stringify(plan));
    const lock = `provider "registry.terraform.io/kreuzwerker/docker" {\n  version     = "${say.dockerProvider ?? "4.4.0"}"\n}\n`;
    return this.program(
      "terraform",
      `case "$1 $2" in
        version*) echo '{"terraform_version":"${say.version ?? "1.11.4"}"}' ;;
        *init) mkdir -p "\${1#-chdir=}/.terraform"; echo '${lock}' >"\${1#-chdir=}/.terraform.lock.hcl" ;;
        *output)
          own="\${1#-chdir=}/outputs.json"
          if [ -e "$own" ]; then cat "$own"; else cat '${this.folder}/outputs'; fi ;;
        *plan)
          for word; do case $word in -out=*) file=\${word#-out=} ;; esac; done
          echo planned >"$file"
          ls -l "$file" >>'${this.folder}/plans'
          cat '${this.folder}/says-of-plan'
          exit ${say.planCode ?? 0} ;;
        *show)
          for file; do :; done
          [ "$(cat "$file")" = planned ] || exit 8
          ${say.whenShown ?? ":"}
          cat '${this.folder}/planned' ;;
        *apply)
          for file; do :; done
          [ "$(cat "$file")" = planned ] || exit 9
          cat '${this.folder}/says'
          ${say.whenApplied ?? ":"}
          exit ${say.code ?? 0} ;;
      esac`,
    );
  }

  /** How the programs were called, in order; those of a name, when one is given. */
  calls(name?: string): string[] {
    const lines = readFileSync(this.log, "utf8").split("\n").filter(Boolean);
    return name === undefined ? lines : lines.filter((line) => line.startsWith(`${name} `));
  }

  /** Runs slipway in `cwd` on this machine, without a terminal and with the standard input closed. */
  slipway(cwd: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    return runCommandLine({ words, cwd, env: this.environment(env) });
  }

  private environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    return { PATH: this.bin, HOME: this.folder, TMPDIR: tmpdir(), ...more };
  }

  /** As {@link slipway}, in a process of its own that a person would start. */
  start(cwd: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    const child = spawn(process.execPath, [SLIPWAY, ...words], {
      cwd,
      env: this.environment(env),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
  }
}

/** A project whose app writes one stack, `cats`, or several alike, and says of it what the file `declared.json` has. */
export function makeProject(
  stack: object = {},
  extra: Readonly<Record<string, string>> = {},
  names: readonly string[] = ["cats"],
): string {
  const root = mkdtempSync(join(tmpdir(), "slipway-pretend-project-"));
  const document = JSON.stringify({
    terraform: { backend: { local: { path: "../../../terraform.cats.tfstate" } } },
    ...stack,
  });
  const app = `
const fs = require("fs");
const out = process.env.CDKTF_OUTDIR;
const stacks = {};
for (const name of ${JSON.stringify(names)}) {
  stacks[name] = {};
  fs.mkdirSync(out + "/stacks/" + name, { recursive: true });
  fs.writeFileSync(out + "/stacks/" + name + "/cdk.tf.json", ${JSON.stringify(document)}.replaceAll("cats", name));
  if (fs.existsSync("declared.json")) fs.copyFileSync("declared.json", out + "/stacks/" + name + "/slipway.json");
}
fs.writeFileSync(out + "/manifest.json", JSON.stringify({ stacks }));
fs.appendFileSync("synths", (process.env.PREPARED ?? "") + "\\n");
`;
  const files = {
    "app.js": app,
    "cdktf.json": JSON.stringify({ app: `"${process.execPath}" app.js` }),
    "package.json": "{}",
    ...extra,
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
  return root;
}

function which(name: string): string {
  const folder = (process.env.PATH ?? "").split(":").find((candidate) => {
    try {
      return readFileSync(join(candidate, name)).length > 0;
    } catch {
      return false;
    }
  });
  if (!folder) throw new Error(`no ${name} in PATH`);
  return join(folder, name);
}
