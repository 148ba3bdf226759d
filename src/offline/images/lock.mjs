import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 500;

/** Whether the process that wrote its id into `pidFile` is still there. */
export function isRunning(pidFile) {
  try {
    return process.kill(Number(readFileSync(pidFile, "utf8")), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/**
 * Does `work` while no other process does it; waits for one that has begun. The lock is a file with its holder's id;
 * one that a killed process left is taken away. Why not by the socket of src/rehearsal/machine-lock.ts: macOS has none
 * without a file, and this must run there.
 */
export async function withLock(file, log, work) {
  for (let waiting = false; !take(file); ) {
    if (removeAbandoned(file)) continue;
    if (!waiting) log("another process is preparing the stand-ins: waiting for it");
    waiting = true;
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Takes the lock, or says that it is taken. The file appears with its text: an empty one would look abandoned. */
function take(file) {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/**
 * Removes a lock whose holder is gone. One process at a time may: another one that had seen the same holder would remove
 * the lock of who took it since, and two would be in.
 */
function removeAbandoned(file) {
  if (isRunning(file)) return false;
  const removing = `${file}.removing`;
  try {
    mkdirSync(removing);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
  try {
    if (!isRunning(file)) rmSync(file, { force: true });
    return true;
  } finally {
    rmdirSync(removing);
  }
}
