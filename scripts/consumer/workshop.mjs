// @ts-check
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { run } from "../../src/cli/command.mjs";
import { builtOnce } from "../engines/built-once.mjs";

/** @typedef {import("./cells.mjs").Cell} Cell */
/** @typedef {import("./cells.mjs").Step} Step */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Runs cells with the package as npm would deliver it. Why the packages beside it are installed once and kept: they are
 * 600 MB that no cell changes. Each run has a folder below them, in which slipway is the packed one, and Node and
 * TypeScript find the rest further up.
 */
export class Workshop {
  /** @type {Map<string, Promise<string>>} */
  #folders = new Map();
  /** @type {Map<string, { cell: string, json: string }>} */
  #synthesized = new Map();
  /** @type {string[]} */
  #made = [];

  /** @param {string} tarball @param {(line: string) => void} [log] */
  constructor(tarball, log = () => {}) {
    this.tarball = tarball;
    this.log = log;
  }

  /**
   * Packs the repository as `npm publish` would, into `folder`.
   * @param {string} folder
   */
  static async pack(folder) {
    const { code, stdout, stderr } = await run("npm", ["pack", "--silent", "--pack-destination", folder], {
      cwd: ROOT,
    });
    if (code !== 0) throw new Error(`npm pack ended with ${code}\n${stderr}`);
    return join(folder, /** @type {string} */ (stdout.trim().split("\n").at(-1)));
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

  /** @throws with what publint and attw find in the package */
  async check() {
    const { code, stdout, stderr } = await run(process.execPath, [join(HERE, "package-problems.mjs"), this.tarball]);
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
    const { code, stderr } = await run("tar", ["xzf", this.tarball, "-C", folder]);
    if (code !== 0) throw new Error(`${this.tarball} cannot be unpacked: ${stderr}`);
    mkdirSync(join(folder, "node_modules"));
    renameSync(join(folder, "package"), join(folder, "node_modules/slipway"));
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

/**
 * Where the packages of a set are, which are installed by its lockfile when they are not there yet.
 * @param {string} packages a folder of packages/
 * @param {(line: string) => void} [log]
 */
export async function installed(packages, log = () => {}) {
  const files = ["package.json", "package-lock.json"];
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(HERE, "packages", packages, file)));
  const folder = join(cacheFolder(), "consumer", `${packages}-${hash.digest("hex").slice(0, 12)}`);
  const title = `the packages of scripts/consumer/packages/${packages}`;
  await builtOnce(folder, title, log, async (work) => {
    log(`installing ${title}, once`);
    for (const file of files) cpSync(join(HERE, "packages", packages, file), join(work, file));
    const words = ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
    const { code, stdout, stderr } = await run("npm", words, { cwd: work });
    if (code !== 0) throw new Error(`npm ci of ${title} ended with ${code}\n${stdout}${stderr}`);
  });
  return folder;
}

/** @param {string} folder @param {Cell} cell */
function furnish(folder, { files, config = {} }) {
  for (const file of ["app", "slipway.lock.json", ...files])
    cpSync(join(HERE, "project", file), join(folder, file), { recursive: true });
  for (const [file, content] of Object.entries(config)) {
    const text = typeof content === "string" ? readFileSync(content, "utf8") : JSON.stringify(content, null, 2);
    writeFileSync(join(folder, file), text);
  }
}
