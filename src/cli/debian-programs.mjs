// @ts-check
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { readRelease } from "./apt.mjs";
import { cacheFolder } from "./cache-folder.mjs";
import { outputTail, run as runCommand } from "./command.mjs";

/** Where a package has its programs. */
const PLACES = ["usr/bin", "usr/sbin", "bin", "sbin"];
/** Where a Debian has its libraries, each also with a folder of the processor's below. */
const LIBRARIES = ["usr/lib", "lib"];

/**
 * Programs out of Debian packages that are unpacked into a folder and not installed, so that nothing is enabled, started
 * or left on a person's machine, and nobody needs root. What a package needs of others is the machine's own where that
 * has it, and is unpacked as well otherwise.
 */
export class DebianPrograms {
  /**
   * @param {Readonly<Record<string, string>>} packages by the name of a program
   * @param {{ folder?: string, run?: typeof runCommand, log?: (text: string) => void }} [kit]
   */
  constructor(packages, { folder = programsFolder(), run = runCommand, log = () => {} } = {}) {
    this.packages = packages;
    this.names = [...new Set(Object.values(packages))].sort();
    this.run = run;
    this.log = log;
    this.root = join(folder, `${readRelease()?.codename || "debian"}-${process.arch}`, this.names.join("+"));
  }

  /** The folder for PATH; what the packages have in `/usr/lib` is in `../lib`, as it is for `/usr/bin`. */
  get bin() {
    return join(this.root, "usr", "programs");
  }

  get isThere() {
    return Object.keys(this.packages).every((program) => existsSync(join(this.bin, program)));
  }

  /** Unpacks them, unless they are there. @returns {Promise<string>} the folder for PATH */
  async unpack() {
    if (this.isThere) return this.bin;
    const work = `${this.root}.${process.pid}`;
    const root = join(work, "root");
    try {
      for (const folder of ["download", "lists/partial", "cache/archives/partial"])
        mkdirSync(join(work, folder), { recursive: true });
      await this.#fetch(work);
      for (const file of readdirSync(join(work, "download")).filter((name) => name.endsWith(".deb")))
        await this.#must("dpkg-deb", ["--extract", join(work, "download", file), root]);
      mkdirSync(join(root, "usr/programs"), { recursive: true });
      for (const [program, name] of Object.entries(this.packages)) await this.#place(root, program, name);
      // Another process may have been quicker, and somebody may run what it made.
      if (!this.isThere) {
        rmSync(this.root, { recursive: true, force: true });
        renameSync(root, this.root);
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    return this.bin;
  }

  /** Downloads by the machine's own index; where that is empty or too old, by a new one of our own: that one is root's. @param {string} work */
  async #fetch(work) {
    if ((await this.#download(work, [])) === undefined) return;
    const own = [`Dir::State::lists=${work}/lists`, `Dir::Cache=${work}/cache`, "APT::Sandbox::User=root"];
    const options = own.flatMap((each) => ["-o", each]);
    await this.#must("apt-get", [...options, "-q", "-o", "Acquire::Retries=3", "update"]);
    const problem = await this.#download(work, options);
    if (problem !== undefined) throw new Error(problem);
  }

  /**
   * @param {string} work
   * @param {readonly string[]} options
   * @returns {Promise<string | undefined>} why it cannot
   */
  async #download(work, options) {
    // A package that is installed without its program, as one is by a container's rules of what to leave out, is fetched too.
    const words = [...options, "install", "--simulate", "--reinstall", "--no-install-recommends", ...this.names];
    const planned = await this.run("apt-get", words);
    if (planned.code !== 0) return `apt-get install --simulate failed\n${outputTail(planned)}`;
    const wanted = [...planned.stdout.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+)/gm)].map(
      ([, name, version]) => `${name}=${version}`,
    );
    this.log(`downloading ${wanted.length} of Debian's packages, which are not installed`);
    const download = [...options, "-q", "-o", "Acquire::Retries=3", "download", ...wanted];
    const done = await this.run("apt-get", download, { cwd: join(work, "download") });
    return done.code === 0 ? undefined : `apt-get download failed\n${outputTail(done)}`;
  }

  /**
   * Puts a program into the one folder for PATH. One that lacks a library here, or is a script, is told where its own
   * are; any other is itself, since a program such as BusyBox goes by the name that it is called by.
   *
   * @param {string} root
   * @param {string} program
   * @param {string} name its package
   */
  async #place(root, program, name) {
    const path = PLACES.map((place) => join(place, program)).find((each) => existsSync(join(root, each)));
    if (path === undefined) throw new Error(`Debian's package ${name} must bring ${program}, and has none`);
    const file = join(root, "usr/programs", program);
    const target = join(this.root, path);
    const [, interpreter] = /^#! ?(\S+)/.exec(readFileSync(join(root, path)).subarray(0, 200).toString()) ?? [];
    const { stdout } = await this.run("ldd", [join(root, path)]);
    if (interpreter === undefined && !stdout.includes("not found")) return symlinkSync(target, file);
    const isUnpacked = interpreter && !existsSync(interpreter) && existsSync(join(root, interpreter));
    const words = [...(isUnpacked ? [join(this.root, interpreter)] : []), target].map((word) => `"${word}"`).join(" ");
    writeFileSync(file, `#!/bin/sh\n${this.#variables(root).join("\n")}\nexec ${words} "$@"\n`);
    chmodSync(file, 0o755);
  }

  /** The lines of shell that say where libraries, modules and units are. @param {string} root */
  #variables(root) {
    const processors = LIBRARIES.filter((each) => existsSync(join(root, each))).flatMap((each) =>
      readdirSync(join(root, each))
        .filter((name) => name.endsWith("-linux-gnu") || name.endsWith("-linux-gnueabihf"))
        .map((name) => join(each, name)),
    );
    const variables = {
      LD_LIBRARY_PATH: [...processors, ...processors.map((each) => join(each, "systemd"))],
      PYTHONPATH: ["usr/lib/python3/dist-packages"],
      SYSTEMD_UNIT_PATH: ["lib/systemd/system", "usr/lib/systemd/system"],
    };
    return Object.entries(variables).flatMap(([name, folders]) => {
      const there = folders.filter((each) => existsSync(join(root, each))).map((each) => join(this.root, each));
      return there.length === 0 ? [] : [`export ${name}="${there.join(":")}\${${name}:+:$${name}}"`];
    });
  }

  /**
   * @param {string} program
   * @param {readonly string[]} words
   */
  async #must(program, words) {
    const result = await this.run(program, words);
    if (result.code !== 0) throw new Error(`${program} ${words.join(" ")} failed\n${outputTail(result)}`);
  }
}

/**
 * The folder of the cache for them. Root's own is closed to everybody else, and some of these programs run as nobody.
 * @param {{ env?: NodeJS.ProcessEnv, uid?: number }} [person]
 */
export function programsFolder({ env = process.env, uid = process.getuid?.() } = {}) {
  const isRoots = uid === 0 && !env.SLIPWAY_CACHE_DIR;
  return join(isRoots ? "/var/cache/slipway" : cacheFolder(env), "programs");
}
