import { chmodSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Cleanup } from "../cleanup.ts";
import { requireProgram } from "../program.ts";

/** Not in the temporary folder, which may be in memory. */
const FILE = join("/var/tmp", "slipway-rehearsal-swap");

/**
 * Gives this machine a swap file until `cleanup`, for the stand-ins that have one as a nano has. It is the whole
 * machine's: without memory of its own being short, the kernel has no use for it but theirs.
 */
export async function addSwapFile(mebibytes: number, cleanup: Cleanup): Promise<void> {
  await forgetSwap();
  cleanup.add("the swap file", forgetSwap);
  await requireProgram("dd", ["if=/dev/zero", `of=${FILE}`, "bs=1M", `count=${mebibytes}`, "status=none"]);
  chmodSync(FILE, 0o600);
  await requireProgram("mkswap", [FILE]);
  await requireProgram("swapon", [FILE]);
}

/** Takes it away again, also what a rehearsal that was killed has left. */
export async function forgetSwap(): Promise<void> {
  if (readFileSync("/proc/swaps", "utf8").includes(`${FILE} `)) await requireProgram("swapoff", [FILE]);
  rmSync(FILE, { force: true });
}
