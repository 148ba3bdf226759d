import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isRunning } from "./lock.mjs";

const START_SECONDS = 20;

/**
 * Starts the mirror as a process of its own, which outlives this one; nothing happens when it runs already.
 * Resolves to the command that stops it, or undefined when somebody else has started it.
 */
export async function startMirror(mirror, { folder, run, log }) {
  const pidFile = join(folder, "registry.pid");
  if (await mirror.answers()) return isRunning(pidFile) ? stopCommand(pidFile) : undefined;

  const program = await registryProgram(folder, run);
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

/** Debian's registry: the installed one, or the package's program unpacked into `folder`, so that no service starts. */
async function registryProgram(folder, run) {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    if (directory && existsSync(join(directory, "docker-registry"))) return join(directory, "docker-registry");
  }
  const unpacked = join(folder, "docker-registry");
  const program = join(unpacked, "usr/bin/docker-registry");
  if (existsSync(program)) return program;

  const download = `${unpacked}.download`;
  rmSync(download, { recursive: true, force: true });
  mkdirSync(download, { recursive: true });
  await run("apt-get", ["download", "-q", "docker-registry"], { cwd: download });
  const [file] = readdirSync(download).filter((name) => name.endsWith(".deb"));
  await run("dpkg-deb", ["--extract", join(download, file), download]);
  rmSync(unpacked, { recursive: true, force: true });
  renameSync(download, unpacked);
  return program;
}

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
