// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { outputTail, run, which } from "./command.mjs";

/** @typedef {import("./terminal.mjs").Terminal} Terminal */

/**
 * The name and release of the system, from os-release.
 * @param {string} [file]
 * @returns {{ id: string, like: string[], codename: string } | undefined}
 */
export function readRelease(file = "/etc/os-release") {
  if (!existsSync(file)) return undefined;
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const match = /^([A-Z_]+)="?([^"]*)"?$/.exec(line.trim());
    if (match) fields[/** @type {string} */ (match[1])] = match[2] ?? "";
  }
  return {
    id: fields.ID ?? "",
    like: (fields.ID_LIKE ?? "").split(" "),
    codename: fields.UBUNTU_CODENAME ?? fields.VERSION_CODENAME ?? "",
  };
}

/** Debian's package manager, where there is one: installs as root, or through a sudo that is announced. */
export class Apt {
  /**
   * The machine's, if it is a Debian or an Ubuntu.
   * @param {Terminal} terminal
   * @param {{ release?: ReturnType<typeof readRelease>, uid?: number }} [machine]
   * @returns {Apt | undefined}
   */
  static find(terminal, { release = readRelease(), uid = process.getuid?.() } = {}) {
    const debian = release && [release.id, ...release.like].some((name) => name === "debian" || name === "ubuntu");
    return debian && which("apt-get") ? new Apt(terminal, release, uid) : undefined;
  }

  /**
   * @param {Terminal} terminal
   * @param {{ id: string, like: string[], codename: string }} release
   * @param {number | undefined} uid
   * @param {string} [etc] where apt keeps its configuration
   */
  constructor(terminal, release, uid, etc = "/etc/apt") {
    this.etc = etc;
    this.terminal = terminal;
    this.release = release;
    this.uid = uid;
    this.updated = false;
  }

  /** What stands before every command that changes the machine; shown to the person before it is run. */
  get prefix() {
    return this.uid === 0 ? [] : this.terminal.interactive ? ["sudo"] : ["sudo", "-n"];
  }

  /**
   * Installs packages.
   * @param {readonly string[]} packages
   */
  async install(packages) {
    if (!this.updated) {
      await this.asRoot(["apt-get", "update", "-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=600"], {
        tolerate: true,
      });
      this.updated = true;
    }
    const options = [
      "-y",
      "-q",
      "--no-install-recommends",
      "-o",
      "Acquire::Retries=3",
      "-o",
      "DPkg::Lock::Timeout=600",
    ];
    await this.asRoot(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", ...options, ...packages]);
  }

  /**
   * Whether the index knows a package.
   * @param {string} name
   */
  async knows(name) {
    const { code, stdout } = await run("apt-cache", ["policy", name]);
    return code === 0 && /Candidate: (?!\(none\))/.test(stdout);
  }

  /**
   * Adds a vendor's archive by its documented way: the key in a file of its own, and an entry that only it may sign.
   * @param {{ name: string, url: string, key: string }} archive its name here, its address and its key's text
   */
  async addArchive({ name, url, key }) {
    const keyFile = `${this.etc}/keyrings/${name}.asc`;
    const entry = [
      "Types: deb",
      `URIs: ${url}`,
      `Suites: ${this.release.codename}`,
      "Components: main",
      `Signed-By: ${keyFile}`,
    ];
    await this.writeAsRoot(keyFile, key);
    await this.writeAsRoot(`${this.etc}/sources.list.d/${name}.sources`, `${entry.join("\n")}\n`);
    this.updated = false;
  }

  /**
   * @param {string} path
   * @param {string} text
   */
  async writeAsRoot(path, text) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (this.uid === 0) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, text, { mode: 0o644 });
      return;
    }
    await this.asRoot(["mkdir", "-p", folder]);
    await this.asRoot(["sh", "-c", 'printf %s "$1" > "$2"', "sh", text, path], { shown: `write ${path}` });
  }

  /**
   * @param {readonly string[]} command
   * @param {{ tolerate?: boolean, shown?: string }} [options] tolerate: an index that cannot be fetched may not matter
   */
  async asRoot(command, { tolerate = false, shown } = {}) {
    const [program, ...args] = /** @type {[string, ...string[]]} */ ([...this.prefix, ...command]);
    const words = shown ? [...this.prefix, shown] : [program, ...args];
    this.terminal.note(`$ ${words.join(" ")}`);
    const asks = this.uid !== 0 && this.terminal.interactive;
    const work = () => run(program, args, { terminal: asks });
    const result = await (asks ? this.terminal.lend(work) : work());
    if (result.code === 0) return;
    const reason = `${words.join(" ")} failed with exit status ${result.code}\n${outputTail(result)}`;
    if (!tolerate) throw new Error(reason);
    this.terminal.warn(reason);
  }
}
