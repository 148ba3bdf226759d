import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * A folder outside the tree with an npm package that only a benchmark compares with; installed on first use. Why
 * outside: what we measure ourselves against must not become what we depend on.
 */
export function installOutside(name: string, version: string, others: readonly string[] = []): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const folder = join(cache, "slipway", "bench", `${name.replace("/", "+")}@${version}`);
  if (existsSync(join(folder, "node_modules", name, "package.json"))) return folder;
  mkdirSync(folder, { recursive: true });
  const words = [
    "install",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--prefix",
    folder,
    `${name}@${version}`,
    ...others,
  ];
  const { status, stderr } = spawnSync("npm", words, { encoding: "utf8" });
  if (status !== 0) throw new Error(`npm install ${name}@${version}: ${stderr}`);
  return folder;
}
