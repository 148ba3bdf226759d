// @ts-check
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputTail, run } from "../../src/cli/command.mjs";
import { duration } from "../../src/cli/duration.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const REQUESTS = fileURLToPath(new URL("request-loop.mjs", import.meta.url));
/** What a clone has not, or what is not copied because it is large. */
const LEFT_OUT = [".git", "node_modules", "cdktf.out", "lib"];
const CHANGED = "stacks/apps/cats/app.py";

/** The life of the cats stack on one engine, in a copy of the project, by the commands that people type. */
export class CatsDeploy {
  #folder = mkdtempSync(join(tmpdir(), "slipway-cats-"));
  #engine;
  /** @type {NodeJS.ProcessEnv} */
  #environment;
  #log;

  /**
   * @param {import("./isolated-engine.mjs").IsolatedEngine} engine
   * @param {NodeJS.ProcessEnv} environment of Terraform and of the commands
   * @param {(text: string) => void} log
   */
  constructor(engine, environment, log) {
    this.#engine = engine;
    // What stands in for the registries is decided already, outside of the namespaces.
    this.#environment = { ...process.env, ...environment, ...engine.environment, SLIPWAY_OFFLINE: "0" };
    this.#log = log;
    for (const name of readdirSync(ROOT).filter((name) => !LEFT_OUT.includes(name) && !name.endsWith(".tfstate")))
      cpSync(join(ROOT, name), join(this.#folder, name), { recursive: true, preserveTimestamps: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.#folder, "node_modules"));
  }

  /** Up, a second plan, one byte while requests run, down. @returns {Promise<import("./cells.mjs").Outcome>} */
  async run() {
    const about = await this.#about();
    this.#log(`Docker Engine ${about.engine}, store ${about.store}`);
    const start = Date.now();
    await this.#slipway("up");
    const up = `ok, ${duration(Date.now() - start)}`;
    const provider = this.#provider();
    const plan = await this.#plan();
    this.#log(`up: ${up}; second plan: ${plan}; provider ${provider}`);
    const roll = await this.#underRequests(async () => {
      this.#changeOneByte();
      await this.#slipway("up");
    });
    const after = await this.#plan();
    this.#log(`one byte rolled, requests ok/failed: ${roll}; plan after it: ${after}`);
    await this.#slipway("down");
    const left = await this.#left();
    const down = left.length === 0 ? "nothing left" : `LEFT: ${left.join(", ")}`;
    this.#log(`down: ${down}`);
    return { ...about, provider, up, plan: plan === after ? plan : `${plan}, then ${after}`, roll, down };
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #about() {
    const format = "{{.ServerVersion}} {{.Driver}} {{.DriverStatus}}";
    const [version = "", driver = "", ...status] = (await this.#inside("docker", ["info", "--format", format])).split(
      " ",
    );
    const [tool = ""] = (await this.#inside(this.#terraform, ["version"])).split("\n");
    const store = status.join(" ").includes("io.containerd.snapshotter") ? "containerd" : `graph (${driver})`;
    return { engine: version.replace(/\+.*/, ""), store, tool: tool.replace(" v", " ") };
  }

  /** The version that init chose, from the lock file. */
  #provider() {
    const lock = readFileSync(join(this.#stack, ".terraform.lock.hcl"), "utf8");
    return /\/kreuzwerker\/docker" \{\s*version\s*=\s*"([^"]+)"/.exec(lock)?.[1] ?? "not locked";
  }

  get #terraform() {
    return this.#environment.TERRAFORM_BINARY_NAME ?? "terraform";
  }

  get #stack() {
    return join(this.#folder, "cdktf.out/stacks/cats");
  }

  async #plan() {
    const args = [`-chdir=${this.#stack}`, "plan", "-detailed-exitcode", "-input=false", "-no-color"];
    const result = await this.#try(this.#terraform, args);
    if (result.code === 1) throw new Error(`the plan failed\n${outputTail(result)}`);
    return result.code === 0 ? "empty" : "NOT EMPTY";
  }

  #changeOneByte() {
    const file = join(this.#folder, CHANGED);
    const text = readFileSync(file, "utf8");
    const changed = text.replace(/\.("""\n)/, "!$1");
    if (changed === text) throw new Error(`${CHANGED} has no full stop at the end of its first line to be changed`);
    writeFileSync(file, changed);
  }

  /**
   * What requests met while `work` was done.
   * @param {() => Promise<void>} work
   */
  async #underRequests(work) {
    const [program, args] = this.#engine.inside(process.execPath, [REQUESTS, "8888", "cats.localhost"]);
    const loop = spawn(program, args, { cwd: ROOT, env: this.#environment, stdio: ["pipe", "pipe", "inherit"] });
    let said = "";
    loop.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    const ended = new Promise((resolve) => loop.once("close", resolve));
    try {
      await work();
    } finally {
      loop.stdin.end();
      await ended;
    }
    const { ok, failed } = JSON.parse(said);
    for (const problem of new Set(failed)) this.#log(`a request failed: ${problem}`);
    return `${ok}/${failed.length}`;
  }

  async #left() {
    const label = ["--filter", "label=dev.slipway.stack=cats"];
    const kinds = {
      container: ["ps", "-a"],
      network: ["network", "ls"],
      volume: ["volume", "ls"],
      image: ["images", "-a"],
    };
    /** @type {string[]} */
    const left = [];
    for (const [kind, words] of Object.entries(kinds)) {
      const ids = await this.#inside("docker", [...words, "-q", ...label]);
      left.push(
        ...ids
          .split("\n")
          .filter(Boolean)
          .map((id) => `${kind} ${id}`),
      );
    }
    return left;
  }

  /** @param {"up" | "down"} verb */
  async #slipway(verb) {
    await this.#inside(process.execPath, [join(this.#folder, "src/cli/slipway.mjs"), verb, "cats"]);
  }

  /**
   * @param {string} program
   * @param {readonly string[]} args
   */
  async #inside(program, args) {
    const result = await this.#try(program, args);
    if (result.code === 0) return result.stdout.trim();
    throw new Error(`${program} ${args.join(" ")} ended with ${result.code}\n${outputTail(result, 30)}`);
  }

  /**
   * @param {string} program
   * @param {readonly string[]} args
   */
  #try(program, args) {
    return run(...this.#engine.inside(program, args, this.#folder), { env: this.#environment });
  }
}
