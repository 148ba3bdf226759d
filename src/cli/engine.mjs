// @ts-check
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cacheFolder } from "./cache-folder.mjs";
import { outputTail, run, which } from "./command.mjs";
import { DEFAULT_ENDPOINT, isLocal } from "./engine-endpoint.cjs";

/**
 * What is known about the Docker Engine that the environment points to.
 * @typedef {object} Engine
 * @property {"running" | "down" | "denied" | "no-client"} state
 * @property {string} endpoint
 * @property {string} context the client's name for where that is
 * @property {boolean} local whether it runs on this machine, so that its ports and disk are ours to look at
 * @property {string} [version]
 * @property {string} [platform] what it runs, e.g. linux/amd64
 * @property {string} [root] where it keeps its data
 * @property {"containerd" | "graph driver"} [imageStore] how it keeps images, which decides what it builds and pushes
 * @property {string[]} mirrors
 * @property {string} detail its own words when it does not answer
 */

/**
 * Asks the engine through its own client, so that DOCKER_HOST, DOCKER_CONTEXT and the chosen context all count.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Engine>}
 */
export async function inspectEngine(env = process.env) {
  if (!which("docker", env)) {
    const endpoint = env.DOCKER_HOST || DEFAULT_ENDPOINT;
    return {
      state: "no-client",
      endpoint,
      context: "default",
      local: isLocal(endpoint),
      mirrors: [],
      detail: "no docker command in PATH",
    };
  }
  const context = await run("docker", ["context", "inspect", "--format", "{{.Name}} {{.Endpoints.docker.Host}}"], {
    env,
    timeout: 10_000,
  });
  const [name = "default", endpoint = env.DOCKER_HOST || DEFAULT_ENDPOINT] = context.stdout
    .trim()
    .split(" ")
    .filter(Boolean);
  const info = await run("docker", ["info", "--format", "{{json .}}"], { env, timeout: 20_000 });
  return { ...readInfo(info, endpoint), context: name };
}

/**
 * Reads what `docker info` said.
 * @param {{ code: number, stdout: string, stderr: string, timedOut: boolean }} info
 * @param {string} endpoint
 * @returns {Omit<Engine, "context">}
 */
export function readInfo(info, endpoint) {
  /** @type {{ ServerVersion?: string, OSType?: string, Architecture?: string, DockerRootDir?: string, ServerErrors?: string[], DriverStatus?: [string, string][] | null, RegistryConfig?: { Mirrors?: string[] | null } }} */
  let document = {};
  try {
    document = JSON.parse(info.stdout.trim() || "{}");
  } catch {}
  const local = isLocal(endpoint);
  if (document.ServerVersion) {
    const mirrors = (document.RegistryConfig?.Mirrors ?? []).map((mirror) => mirror.replace(/\/+$/, ""));
    return {
      state: "running",
      endpoint,
      local,
      version: document.ServerVersion,
      ...(document.OSType && document.Architecture ? { platform: `${document.OSType}/${document.Architecture}` } : {}),
      root: document.DockerRootDir,
      ...(document.DriverStatus ? { imageStore: imageStore(document.DriverStatus) } : {}),
      mirrors,
      detail: "",
    };
  }
  const said = info.timedOut
    ? "no answer within 20 s"
    : [...(document.ServerErrors ?? []), info.stderr].join(" ").replace(/\s+/g, " ").trim();
  return { state: /permission denied/i.test(said) ? "denied" : "down", endpoint, local, mirrors: [], detail: said };
}

/**
 * @param {[string, string][]} status of the storage driver; the containerd image store calls its driver a snapshotter
 * @returns {"containerd" | "graph driver"}
 */
function imageStore(status) {
  return status.some(([, value]) => value === "io.containerd.snapshotter.v1") ? "containerd" : "graph driver";
}

/** Whether systemd is what starts services here. */
export function hasSystemd() {
  return existsSync("/run/systemd/system");
}

/**
 * Starts dockerd by itself, for machines where no init does, and waits until it answers.
 * @param {{ mirror?: string }} options
 * @returns {Promise<{ pid: number, log: string }>}
 */
export async function startEngine({ mirror }) {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true });
  const log = join(folder, "dockerd.log");
  const output = openSync(log, "w");
  const args = mirror ? ["--registry-mirror", mirror] : [];
  const child = spawn("dockerd", args, { detached: true, stdio: ["ignore", output, output], env: process.env });
  /** @type {string | undefined} */
  let ended;
  child.once("error", (error) => {
    ended = error.message;
  });
  child.once("exit", (code, signal) => {
    ended = `exit status ${code ?? signal}`;
  });
  child.unref();
  for (let waited = 0; waited < 60_000; waited += 250) {
    await sleep(250);
    if (ended) break;
    if ((await inspectEngine()).state === "running") {
      return { pid: /** @type {number} */ (child.pid), log };
    }
  }
  const words = outputTail({ code: 1, stdout: readFileSync(log, "utf8"), stderr: "", timedOut: false });
  throw new Error(`dockerd did not come up (${ended ?? "no answer within 60 s"}); its log ${log} ends:\n${words}`);
}
