// @ts-check
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { consentIn } from "../src/cli/consent.mjs";
import { makeReady } from "../src/cli/program.mjs";
import { findProject } from "../src/cli/project.mjs";
import { Terminal } from "../src/cli/terminal.mjs";
import { PROGRAMS, SYSTEM } from "./rehearsal/programs.mjs";

/**
 * Makes the machine ready for a rehearsal and starts it: node scripts/rehearse.mjs [stack] [options] [--install]
 * The options are those of rehearsal/rehearse.ts; for `data-volume`, which is no stack, of rehearsal/rehearse-data.ts.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const { install, rest: words } = consentIn(process.argv.slice(2));
const program = words[0] === "data-volume" ? "rehearse-data.ts" : "rehearse.ts";
const terminal = new Terminal({ out: process.stdout, input: process.stdin, env: process.env });

try {
  await makeReady(terminal, findProject(ROOT), { verb: "test", install, programs: PROGRAMS, system: SYSTEM });
  const args = ["--import", "tsx", `scripts/rehearsal/${program}`, ...words];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => {
    process.exitCode = code ?? 1;
  });
} catch (error) {
  terminal.fail(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
