// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { which } from "./command.mjs";
import { hasSystemd, inspectEngine, startEngine } from "./engine.mjs";
import { isDefaultEndpoint } from "./engine-endpoint.cjs";

/** @typedef {import("./setup.mjs").Missing} Missing */
/** @typedef {import("./apt.mjs").Apt} Apt */
/** @typedef {import("./engine.mjs").Engine} Engine */
/** @typedef {import("./terminal.mjs").Terminal} Terminal */

/** Where an engine is configured, and where it says which process it is. */
const FILES = { configuration: "/etc/docker/daemon.json", pid: "/var/run/docker.pid" };

/**
 * How an engine that does not answer comes to answer.
 * @param {Terminal} terminal
 * @param {Engine} engine
 * @param {Apt | undefined} apt
 * @param {string} [mirror]
 * @returns {Missing}
 */
export function engineRequirement(terminal, engine, apt, mirror) {
  const { state, endpoint, detail } = engine;
  if (state === "denied") {
    return {
      problem: `docker at ${endpoint} refuses this user`,
      remedy: 'sudo usermod -aG docker "$USER", then log in again',
    };
  }
  if (state === "down" && !isDefaultEndpoint(endpoint)) {
    return {
      problem: `docker at ${endpoint} does not answer (${detail})`,
      remedy: "start it there, or unset DOCKER_HOST and DOCKER_CONTEXT",
    };
  }
  const installed = which("dockerd") && which("docker");
  const problem = installed ? `docker is not running (${detail})` : `docker is not installed (${detail})`;
  const remedy = installed
    ? hasSystemd()
      ? "sudo systemctl start docker"
      : "start it as root: dockerd"
    : "install Docker Engine (https://docs.docker.com/engine/install) or Docker Desktop and start it";
  if (!apt || process.platform !== "linux") return { problem, remedy };
  return {
    problem,
    remedy,
    action: installed ? "start the Docker Engine" : "install docker.io by apt and start the Docker Engine",
    fix: async () => {
      if (!installed) {
        const client = (await apt.knows("docker-cli")) ? ["docker-cli"] : [];
        await apt.install(["docker.io", ...client, "apparmor", "ca-certificates"]);
      }
      await bringUp(terminal, apt, mirror);
    },
  };
}

/**
 * @param {Terminal} terminal
 * @param {Apt} apt
 * @param {string} [mirror]
 */
async function bringUp(terminal, apt, mirror) {
  if ((await inspectEngine()).state === "running") return;
  if (hasSystemd()) {
    await apt.asRoot(["systemctl", "start", "docker"]);
    terminal.note("started docker.service; stop it with: systemctl stop docker");
    return;
  }
  if (apt.uid !== 0)
    throw new Error(
      "dockerd must be started by root, and no init here does it: run this command as root, or start dockerd yourself",
    );
  const { pid, log } = await startEngine({ mirror });
  terminal.note(`started dockerd, process ${pid}, log ${log}; stop it with: kill ${pid}`);
}

/**
 * What to do about an engine that runs without the mirror it must pull through.
 * @param {Terminal} terminal
 * @param {Engine} engine
 * @param {Apt | undefined} apt
 * @param {string} mirror
 * @param {typeof FILES} [files]
 * @returns {Missing[]}
 */
export function ensureMirror(terminal, engine, apt, mirror, { configuration, pid } = FILES) {
  if (engine.mirrors.includes(mirror)) return [];
  const problem = `the Docker Engine must pull through the mirror ${mirror}, got ${engine.mirrors.join(", ") || "none"}`;
  const remedy = `add "registry-mirrors": ["${mirror}"] to the engine's configuration (${configuration} on Linux) and reload it`;
  if (!engine.local || !isDefaultEndpoint(engine.endpoint) || !apt) return [{ problem, remedy }];
  return [
    {
      problem,
      remedy,
      action: `add the mirror to ${configuration} and let the engine reload it`,
      fix: async () => {
        const before = existsSync(configuration) ? readFileSync(configuration, "utf8") : "";
        await apt.writeAsRoot(configuration, withMirror(before, mirror));
        await apt.asRoot(["sh", "-c", 'kill -HUP "$(cat "$1")"', "sh", pid], { shown: `kill -HUP $(cat ${pid})` });
        for (let waited = 0; waited < 10_000; waited += 500) {
          if ((await inspectEngine()).mirrors.includes(mirror)) break;
          await sleep(500);
        }
        terminal.note(`to undo: remove ${mirror} from ${configuration} and send dockerd SIGHUP`);
      },
    },
  ];
}

/**
 * The engine's configuration with one more mirror, everything else as it was.
 * @param {string} text
 * @param {string} mirror
 * @throws when the text is not JSON: a configuration that we cannot read is not ours to overwrite
 */
export function withMirror(text, mirror) {
  const configuration = text.trim() ? JSON.parse(text) : {};
  const mirrors = new Set([...(configuration["registry-mirrors"] ?? []), mirror]);
  return `${JSON.stringify({ ...configuration, "registry-mirrors": [...mirrors] }, null, 2)}\n`;
}
