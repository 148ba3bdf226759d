import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Whether the process that wrote its id into `pidFile` is still there. */
export function isRunning(pidFile) {
  try {
    return process.kill(Number(readFileSync(pidFile, "utf8")), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Does `work` while no other process does it; waits for one that has begun. */
export async function withLock(file, log, work) {
  for (let waiting = false; ; waiting = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isRunning(file)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!waiting) log("another process is preparing the stand-ins: waiting for it");
    await sleep(500);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
