// @ts-check
import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Compiles the package into lib/ and lays the shell files beside, which the constructs read: node scripts/build.mjs */
const root = fileURLToPath(new URL("..", import.meta.url));

rmSync(`${root}lib`, { recursive: true, force: true });
const { status } = spawnSync("npx", ["--no-install", "tsc", "-p", "tsconfig.build.json"], {
  cwd: root,
  stdio: "inherit",
});
if (status === 0) {
  cpSync(`${root}src/aws/nano/agent`, `${root}lib/aws/nano/agent`, { recursive: true });
  for (const file of readdirSync(`${root}src`, { encoding: "utf8", recursive: true })) {
    if (file.endsWith(".sh")) cpSync(`${root}src/${file}`, `${root}lib/${file}`);
  }
}
process.exitCode = status ?? 1;
