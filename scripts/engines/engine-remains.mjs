// @ts-check
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { outputTail, run } from "../../src/cli/command.mjs";

/** The variable that every process of an engine carries, with the engine's folder, so that it can be found. */
export const MARK = "SLIPWAY_ENGINE_OF";

const CGROUPS = "/sys/fs/cgroup";
const PATIENCE_MS = 20_000;

/** The control group that an engine's containers have, in each hierarchy. @param {string} folder */
export function controlGroup(folder) {
  return `slipway-engine-${basename(folder)}`;
}

/**
 * Takes away what an engine has left on this machine: its processes, its control groups, its folder. An engine that was
 * stopped has the last two only, one whose run was killed may have all; networks and mounts end with the processes.
 *
 * @param {string} folder
 * @returns {Promise<number>} how many processes there were
 */
export async function clearRemains(folder) {
  const left = processesOf(folder);
  for (const id of left) kill(id);
  for (let waited = 0; processesOf(folder).length > 0; waited += 50) {
    if (waited > PATIENCE_MS) throw new Error(`processes ${processesOf(folder).join(", ")} of ${folder} do not end`);
    await sleep(50);
  }
  for (const group of controlGroupsOf(folder)) removeControlGroup(group);
  const removed = await run("rm", ["-rf", "--one-file-system", folder]);
  if (removed.code !== 0) throw new Error(`${folder} cannot be removed\n${outputTail(removed)}`);
  return left.length;
}

/** @param {string} folder @returns {number[]} */
export function processesOf(folder) {
  const mark = `\0${MARK}=${folder}\0`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((id) => `\0${textOf(`/proc/${id}/environ`)}\0`.includes(mark))
    .map(Number);
}

/** The hierarchies of version 1 lie side by side; version 2 is one. @param {string} folder */
function controlGroupsOf(folder) {
  const name = controlGroup(folder);
  const hierarchies = foldersIn(CGROUPS).map((hierarchy) => join(CGROUPS, hierarchy));
  return [CGROUPS, ...hierarchies].filter((at) => foldersIn(at).includes(name)).map((at) => join(at, name));
}

/** @param {string} group */
function removeControlGroup(group) {
  for (const child of foldersIn(group)) removeControlGroup(join(group, child));
  rmdirSync(group);
}

/** @param {string} folder */
function foldersIn(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** @param {number} id */
function kill(id) {
  try {
    process.kill(id, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
