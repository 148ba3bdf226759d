// @ts-check
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { writeCdktnPackage } from "./cdktn-package.mjs";

/**
 * Compiles the package into lib/ and lays beside what the constructs read: shell files, and the agent of a host as the one
 * archive that hosts get; and what a rehearsal and the stand-ins for registries are made of. Beside it, in lib-cdktn/,
 * the same for cdktn. node scripts/build.mjs
 */
const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(`${root}lib`, { recursive: true, force: true });
const { status } = spawnSync("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0) {
  // Shell files that hosts get packed.
  const agent = ["host-agent/sbin", "host-agent/lib", "aws/nano/agent", "hosts/ssh/agent"];
  for (const folder of agent) cpSync(`${root}src/${folder}`, `${root}lib/${folder}`, { recursive: true });
  for (const file of readdirSync(`${root}src`, { encoding: "utf8", recursive: true })) {
    if (/\.(sh|awk)$/.test(file) || isData(file)) cpSync(`${root}src/${file}`, `${root}lib/${file}`);
  }
  for (const file of readdirSync(`${root}lib`, { encoding: "utf8", recursive: true })) {
    // Nobody imports them by name.
    if (/^(rehearsal|offline)\/.*\.d\.m?ts$/.test(file)) rmSync(`${root}lib/${file}`);
  }
  const compiled = createRequire(import.meta.url);
  compiled(`${root}lib/aws/nano/agent-artifact.js`).packAgent();
  compiled(`${root}lib/hosts/ssh/server-agent.js`).SERVER_AGENT.pack();
  for (const folder of agent) rmSync(`${root}lib/${folder}`, { recursive: true });
  writeCdktnPackage(root);
}
process.exitCode = status ?? 1;

/**
 * Whether the rehearsal or the stand-ins read it: nothing that is compiled, and no folder.
 * @param {string} file relative to src/
 */
function isData(file) {
  return /^(rehearsal|offline)\//.test(file) && !/\.m?[jt]s$/.test(file) && statSync(`${root}src/${file}`).isFile();
}
