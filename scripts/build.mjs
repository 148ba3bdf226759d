// @ts-check
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { writeCdktnPackage } from "./cdktn-package.mjs";

/**
 * Compiles the package into lib/ and lays beside what the constructs read: shell files, and the agent of a host as the one
 * archive that hosts get. Beside it, in lib-cdktn/, the same for cdktn. node scripts/build.mjs
 */
const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(`${root}lib`, { recursive: true, force: true });
const { status } = spawnSync("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0) {
  const agent = `${root}lib/aws/nano/agent`;
  cpSync(`${root}src/aws/nano/agent`, agent, { recursive: true });
  for (const file of readdirSync(`${root}src`, { encoding: "utf8", recursive: true })) {
    if (/\.(sh|awk)$/.test(file)) cpSync(`${root}src/${file}`, `${root}lib/${file}`);
  }
  createRequire(import.meta.url)(`${root}lib/aws/nano/agent-artifact.js`).packAgent();
  rmSync(agent, { recursive: true });
  writeCdktnPackage(root);
}
process.exitCode = status ?? 1;
