// @ts-check
import { createHash } from "node:crypto";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../../src/cli/cache-folder.mjs";
import { run } from "../../src/cli/command.mjs";
import { builtOnce } from "../../src/rehearsal/engine/built-once.mjs";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Where the packages of a set are, which are installed by its lockfile when they are not there yet.
 * @param {string} packages a folder of packages/
 * @param {(line: string) => void} [log]
 */
export async function installed(packages, log = () => {}) {
  const files = ["package.json", "package-lock.json"];
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(join(HERE, "packages", packages, file)));
  const folder = join(cacheFolder(), "consumer", `${packages}-${hash.digest("hex").slice(0, 12)}`);
  const title = `the packages of scripts/consumer/packages/${packages}`;
  await builtOnce(folder, title, log, async (work) => {
    log(`installing ${title}, once`);
    for (const file of files) cpSync(join(HERE, "packages", packages, file), join(work, file));
    const words = ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
    const { code, stdout, stderr } = await run("npm", words, { cwd: work });
    if (code !== 0) throw new Error(`npm ci of ${title} ended with ${code}\n${stdout}${stderr}`);
  });
  return folder;
}
