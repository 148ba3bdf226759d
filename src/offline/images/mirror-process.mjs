import { spawn } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "./lock.mjs";
import { registryProgram } from "./registry-program.mjs";

const START_SECONDS = 20;

/**
 * Starts the mirror as a process of its own, which outlives this one; nothing happens when it runs already.
 * Resolves to the command that stops it, or undefined when somebody else has started it.
 */
export async function startMirror(mirror, { folder, log }) {
  const pidFile = join(folder, "registry.pid");
  if (await mirror.answers()) return isRunning(pidFile) ? stopCommand(pidFile) : undefined;

  const program = await registryProgram(log);
  const configuration = join(folder, "registry.yml");
  mkdirSync(join(folder, "registry"), { recursive: true });
  writeFileSync(configuration, registryConfiguration(mirror.address, join(folder, "registry")));

  const logFile = openSync(join(folder, "registry.log"), "w");
  const child = spawn(program, ["serve", configuration], {
    cwd: folder,
    detached: true,
    stdio: ["ignore", logFile, logFile],
  });
  let ended;
  child.on("error", (error) => {
    ended = error.message;
  });
  child.on("exit", (code) => {
    ended ??= `exit code ${code}`;
  });
  child.unref();

  for (const deadline = Date.now() + START_SECONDS * 1000; !(await mirror.answers()); await sleep(50)) {
    if (ended !== undefined)
      throw new Error(`the local registry did not start (${ended}): see ${join(folder, "registry.log")}`);
    if (Date.now() > deadline)
      throw new Error(`the local registry does not answer at ${mirror.address} after ${START_SECONDS} s`);
  }
  writeFileSync(pidFile, `${child.pid}\n`);
  log(`started a local registry at ${mirror.url} (process ${child.pid})`);
  return stopCommand(pidFile);
}

const stopCommand = (pidFile) => `kill $(cat ${pidFile})`;

const registryConfiguration = (address, storage) => `version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: ${JSON.stringify(storage)}
http:
  addr: ${address}
`;
