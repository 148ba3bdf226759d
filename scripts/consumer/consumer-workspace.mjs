// @ts-check
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../src/cli/command.mjs";
import { withLock } from "../../src/offline/images/lock.mjs";
import { furnish, packageOf } from "./cell-files.mjs";
import { installed } from "./installed-packages.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */
/** @typedef {import("./cells.mjs").Step} Step */
/** @typedef {import("./cell-files.mjs").PackageName} PackageName */
/** @typedef {Readonly<Record<PackageName, string>>} Tarballs */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Runs cells with the package as npm would deliver it. Why the packages beside it are installed once and kept: they are
 * 600 MB that no cell changes. Each run has a folder below them, in which slipway is the packed one, and Node and
 * TypeScript find the rest further up.
 */
export class ConsumerWorkspace {
  /** @type {Map<string, Promise<string>>} */
  #folders = new Map();
  /** @type {Map<string, { cell: string, json: string }>} */
  #synthesized = new Map();
  /** @type {string[]} */
  #made = [];

  /** @param {Tarballs} tarballs @param {(line: string) => void} [log] */
  constructor(tarballs, log = () => {}) {
    this.tarballs = tarballs;
    this.log = log;
  }

  /**
   * Packs both packages as `npm publish` would, into `folder`. One at a time: each compiles first, into folders of the
   * clone, which it empties.
   * @param {string} folder
   * @returns {Promise<Tarballs>}
   */
  static async pack(folder) {
    return withLock(
      join(ROOT, "node_modules/.slipway-pack.lock"),
      () => {},
      async () => {
        const slipway = await pack(ROOT, folder);
        return { slipway, "slipway-cdktn": await pack(join(ROOT, "lib-cdktn"), folder) };
      },
    );
  }

  /**
   * Runs a cell.
   * @param {Cell} cell
   * @returns {Promise<string>} its folder, which stays until `close`
   * @throws with what a program said that did not end as it must
   */
  async run(cell) {
    const tools = await installed("all", this.log);
    const folder = join(await this.folder(cell.packages), cell.name.replace(/[^A-Za-z0-9]+/g, "-"));
    furnish(folder, cell);
    for (const step of cell.steps) await this.#step(step, folder, tools);
    for (const stack of cell.stacks ?? []) this.#compare(cell.name, stack, folder);
    return folder;
  }

  /**
   * @param {PackageName} name
   * @throws with what publint and attw find in the package
   */
  async check(name) {
    const words = [join(HERE, "package-problems.mjs"), this.tarballs[name]];
    const { code, stdout, stderr } = await run(process.execPath, words);
    if (code !== 0) throw new Error(`${stdout}${stderr}`);
  }

  /**
   * The folder in which `slipway` and what is installed beside it are found.
   * @param {string} packages
   * @returns {Promise<string>}
   */
  folder(packages) {
    const found = this.#folders.get(packages) ?? this.#unpack(packages);
    this.#folders.set(packages, found);
    return found;
  }

  close() {
    for (const folder of this.#made) rmSync(folder, { recursive: true, force: true });
  }

  /** @param {string} packages */
  async #unpack(packages) {
    const folder = mkdtempSync(join(await installed(packages, this.log), "run-"));
    this.#made.push(folder);
    const name = packageOf(packages);
    const { code, stderr } = await run("tar", ["xzf", this.tarballs[name], "-C", folder]);
    if (code !== 0) throw new Error(`${this.tarballs[name]} cannot be unpacked: ${stderr}`);
    mkdirSync(join(folder, "node_modules"));
    renameSync(join(folder, "package"), join(folder, "node_modules", name));
    return folder;
  }

  /** @param {Step} step @param {string} cwd @param {string} tools */
  async #step({ run: words, says = /^/, never, code: wanted = 0 }, cwd, tools) {
    const args = words.map((word) => (word.startsWith("bin:") ? join(tools, "node_modules", word.slice(4)) : word));
    const env = { ...process.env, NODE_OPTIONS: "", NODE_ENV: "", NO_COLOR: "1", FORCE_COLOR: "0" };
    const { code, stdout, stderr } = await run(process.execPath, args, { cwd, env });
    const output = `${stdout}${stderr}`;
    const problem =
      code !== wanted
        ? `ended with ${code}`
        : !says.test(output)
          ? `did not say ${says}`
          : never?.test(output)
            ? `said ${never}`
            : undefined;
    if (problem !== undefined) throw new Error(`node ${words.join(" ")} ${problem}\n${output}`);
  }

  /** @param {string} cell @param {string} stack @param {string} folder */
  #compare(cell, stack, folder) {
    const json = readFileSync(join(folder, "cdktf.out/stacks", stack, "cdk.tf.json"), "utf8");
    const first = this.#synthesized.get(stack) ?? { cell, json };
    this.#synthesized.set(stack, first);
    if (first.json !== json) throw new Error(`the stack ${stack} is not what "${first.cell}" synthesized`);
  }
}

/** @param {string} from @param {string} to @returns {Promise<string>} */
async function pack(from, to) {
  const { code, stdout, stderr } = await run("npm", ["pack", "--silent", "--pack-destination", to], { cwd: from });
  if (code !== 0) throw new Error(`npm pack of ${from} ended with ${code}\n${stderr}`);
  return join(to, /** @type {string} */ (stdout.trim().split("\n").at(-1)));
}
