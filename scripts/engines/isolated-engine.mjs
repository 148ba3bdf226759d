// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withLock } from "../../src/offline/images/lock.mjs";
import { clearRemains, controlGroup, MARK } from "./engine-remains.mjs";

const SCRIPT = fileURLToPath(new URL("namespaces.sh", import.meta.url));
/** Seen inside the namespaces only, so that every engine has the same. */
const NETWORK = "10.229";
const START_MS = 90_000;
const STOP_MS = 30_000;

/**
 * An engine to start.
 *
 * @typedef {object} EngineProps
 * @property {string} name of its folder in the cache; of one name there is one engine at a time
 * @property {string} cacheDir
 * @property {readonly string[]} [programs] folders that stand before PATH
 * @property {string} [root] a root file system that has the engine, in place of this machine's
 * @property {object} [configuration] more of daemon.json
 * @property {readonly string[]} mirrors registry mirrors that the engine pulls through; this machine's loopback is in reach
 * @property {(text: string) => void} log
 */

/**
 * Starts an engine in namespaces of its own, and ends it when `work` has ended, however that came about. This machine's
 * network, packet filter and engine are left as they are: a second dockerd beside the first would rewrite its rules.
 * Should this process be killed, the kernel ends the engine with it; files and control groups go when the next one starts.
 *
 * @template T
 * @param {EngineProps} props
 * @param {(engine: IsolatedEngine) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withEngine(props, work) {
  const { name, cacheDir, log } = props;
  const folder = join(cacheDir, "engines", name);
  mkdirSync(dirname(folder), { recursive: true });
  return withLock(
    `${folder}.lock`,
    () => log(`another run has the engine ${name}: waiting for it`),
    async () => {
      const left = await clearRemains(folder);
      if (left > 0) log(`ended ${left} processes that a run before has left of the engine ${name}`);
      mkdirSync(folder);
      const engine = new IsolatedEngine(folder, props);
      try {
        await engine.start();
        return await work(engine);
      } finally {
        await engine.stop();
        await clearRemains(folder);
      }
    },
  );
}

/** A Docker Engine that has its network, mounts and processes for itself. */
export class IsolatedEngine {
  #folder;
  #props;
  /** @type {import("node:child_process").ChildProcess[]} */
  #processes = [];
  /** The first process of the namespaces. */
  #first = 0;

  /**
   * @param {string} folder
   * @param {EngineProps} props
   */
  constructor(folder, props) {
    this.#folder = folder;
    this.#props = props;
  }

  /** What a client in the namespaces has in its environment. */
  get environment() {
    return { DOCKER_HOST: `unix://${this.#socket}`, [MARK]: this.#folder };
  }

  get #socket() {
    return join(this.#folder, "engine.sock");
  }

  /**
   * A program as it is started inside the namespaces: addresses are the engine's, files are this machine's.
   * @param {string} program
   * @param {readonly string[]} args
   * @param {string} [folder] where it is started; this process's own unless said
   * @returns {[program: string, args: string[]]}
   */
  inside(program, args, folder = process.cwd()) {
    const enter = ["--target", String(this.#first), "--net", "--mount", "--pid", "--"];
    // Whoever enters other mounts is in their root folder.
    const here = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", folder];
    return ["nsenter", [...enter, ...here, program, ...args]];
  }

  /** The process whose network is the engine's, for whoever connects that with another. */
  get networkOf() {
    return this.#first;
  }

  async start() {
    const { programs = [], root = "", mirrors, configuration = {} } = this.#props;
    const document = {
      hosts: [`unix://${this.#socket}`],
      "data-root": join(this.#folder, "data"),
      "exec-root": "/run/docker",
      pidfile: "/run/dockerd.pid",
      bip: `${NETWORK}.9.1/24`,
      "default-address-pools": [{ base: `${NETWORK}.128.0/17`, size: 24 }],
      "exec-opts": ["native.cgroupdriver=cgroupfs"],
      "cgroup-parent": `/${controlGroup(this.#folder)}`,
      "registry-mirrors": mirrors,
      "shutdown-timeout": 5,
      ...configuration,
    };
    writeFileSync(join(this.#folder, "daemon.json"), `${JSON.stringify(document, null, 2)}\n`);
    const unshare = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"];
    const first = this.#spawn("log", [...unshare, "--propagation", "private", "sh", SCRIPT], {
      ENGINE_FOLDER: this.#folder,
      ENGINE_PATH: programs.join(":"),
      ENGINE_ROOT: root,
      ENGINE_HOST: `${NETWORK}.0.2`,
      ENGINE_NAMESERVER: `${NETWORK}.0.3`,
      ENGINE_PORTS: loopbackPorts(mirrors).join(" "),
    });
    this.#first = await this.#eventually("is not given namespaces", () => childOf(first.pid ?? 0));
    await this.#wayOut();
    first.stdin?.end("\n");
    await this.#eventually("does not answer", () => answers(this.#socket));
  }

  /** Ends the engine: first as dockerd ends by itself, its containers before it, then by force. */
  async stop() {
    const [first, ...others] = this.#processes;
    if (first && first.exitCode === null && first.signalCode === null) {
      const ended = once(first, "exit");
      // unshare passes no signal on, so the first process inside is told; unshare ends with it.
      if (this.#first) process.kill(this.#first, "SIGTERM");
      else first.kill("SIGKILL");
      const timer = setTimeout(() => first.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(timer);
    }
    for (const other of others) other.kill("SIGTERM");
  }

  /** Connects the namespaces with this machine's network, without a privilege of the packet filter. */
  async #wayOut() {
    const args = ["slirp4netns", "--configure", "--mtu=1400", `--cidr=${NETWORK}.0.0/24`, "--ready-fd=3"];
    const slirp = this.#spawn("network.log", [...args, String(this.#first), "tap0"], {});
    let ready = false;
    slirp.stdio[3]?.once("data", () => {
      ready = true;
    });
    await this.#eventually("has no way out of its namespaces", () => ready);
  }

  /**
   * Starts a process that the kernel ends with this one.
   * @param {string} log
   * @param {readonly string[]} command
   * @param {NodeJS.ProcessEnv} variables
   */
  #spawn(log, command, variables) {
    const output = openSync(join(this.#folder, log), "a");
    const child = spawn("setpriv", ["--pdeathsig", "KILL", "--", ...command], {
      cwd: "/",
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, [MARK]: this.#folder, ...variables },
      stdio: ["pipe", output, output, "pipe"],
    });
    closeSync(output);
    child.on("error", () => {});
    this.#processes.push(child);
    return child;
  }

  /**
   * @template T
   * @param {string} problem for the case that it never comes about
   * @param {() => T | Promise<T>} ask
   */
  async #eventually(problem, ask) {
    for (const end = Date.now() + START_MS; ; await sleep(100)) {
      const answer = await ask();
      if (answer) return answer;
      const ended = this.#processes.some((child) => child.pid === undefined || child.exitCode !== null);
      if (!ended && Date.now() < end) continue;
      const words = ["log", "network.log"].map((log) => lastLines(join(this.#folder, log))).join("\n");
      throw new Error(
        `the engine ${this.#props.name} ${problem}${ended ? ": a process of it has ended" : ""}\n${words}`,
      );
    }
  }
}

/**
 * The ports of this machine's loopback that addresses name: in the namespaces another loopback has that name.
 * @param {readonly string[]} addresses
 */
export function loopbackPorts(addresses) {
  const urls = addresses.map((address) => new URL(address));
  const here = urls.filter(({ hostname }) => hostname === "localhost" || hostname.startsWith("127."));
  return [...new Set(here.map(({ port, protocol }) => port || (protocol === "https:" ? "443" : "80")))];
}

/** @param {number} parent @returns {number | undefined} */
function childOf(parent) {
  const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === parent);
  return children.length > 0 ? Number(children[0]) : undefined;
}

/** @param {string} id */
function parentOf(id) {
  try {
    return Number(
      readFileSync(`/proc/${id}/stat`, "utf8")
        .replace(/^.*\) \S /s, "")
        .split(" ")[0],
    );
  } catch {
    return undefined;
  }
}

/** @param {string} socketPath @returns {Promise<boolean>} */
function answers(socketPath) {
  return new Promise((resolve) => {
    const call = request({ socketPath, path: "/_ping", timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => resolve(false)).end();
  });
}

/** @param {string} file */
function lastLines(file) {
  try {
    return readFileSync(file, "utf8").trim().split("\n").slice(-15).join("\n");
  } catch {
    return "";
  }
}
