import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { lockMachine } from "./machine-lock.ts";

/**
 * Makes a folder that is kept between rehearsals, unless it is there whole. Who wants it while another process makes it
 * waits for that: two that make one folder break each other's.
 */
export async function cachedFolder(
  folder: string,
  log: (line: string) => void,
  make: () => Promise<unknown>,
): Promise<void> {
  const complete = join(folder, "complete");
  if (existsSync(complete)) return;
  const name = `slipway-made-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`;
  const release = await lockMachine(() => log(`another process makes ${folder}: waiting for it`), name);
  try {
    if (existsSync(complete)) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    await make();
    writeFileSync(complete, "");
  } finally {
    release();
  }
}
