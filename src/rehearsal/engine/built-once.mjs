// @ts-check
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withLock } from "../../offline/images/lock.mjs";

/**
 * Makes a folder that is kept in the cache, unless it is there whole. Who wants it while another process makes it waits,
 * and one that was cut off is made anew.
 *
 * @param {string} folder
 * @param {string} title for people
 * @param {(text: string) => void} log
 * @param {(folder: string) => Promise<void>} make fills an empty folder
 */
export async function builtOnce(folder, title, log, make) {
  const isComplete = () => existsSync(join(folder, "complete"));
  if (isComplete()) return;
  mkdirSync(dirname(folder), { recursive: true });
  const wait = () => log(`another process makes ${title}: waiting for it`);
  await withLock(`${folder}.lock`, wait, async () => {
    if (isComplete()) return;
    const work = `${folder}.new`;
    for (const left of [work, folder]) rmSync(left, { recursive: true, force: true });
    mkdirSync(work);
    try {
      await make(work);
      writeFileSync(join(work, "complete"), `${title}\n`);
      renameSync(work, folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}
