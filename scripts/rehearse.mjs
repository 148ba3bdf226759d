// @ts-check
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArguments } from "../src/cli/arguments.mjs";
import { consentIn } from "../src/cli/consent.mjs";
import { main, makeReady } from "../src/cli/program.mjs";
import { findProject } from "../src/cli/project.mjs";
import { Terminal } from "../src/cli/terminal.mjs";
import { PROGRAMS, SYSTEM } from "../src/rehearsal/programs.mjs";

/**
 * `slipway rehearse` for the stacks of this repository, of which it knows more than anybody's: what their pages say, and
 * what is changed once they serve. node scripts/rehearse.mjs [stack] [options]
 * `data-volume` is no stack but a story of its own, data-volume/rehearse-data.ts.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A film of the catalogue's, so that the front end has reached it. */
const FILM = "Orbit of the Paper Moon";
/** @type {Record<string, string>} */
const TEXTS = { "netflix-aws": FILM, "nginx-front": FILM };

const words = process.argv.slice(2);
process.chdir(ROOT);
if (words[0] === "data-volume") await rehearseData(words);
else process.exitCode = await rehearse(words);

/** @param {readonly string[]} words */
async function rehearse(words) {
  let asked;
  try {
    asked = parseArguments(["rehearse", ...words]);
  } catch {
    return main(["rehearse", ...words]);
  }
  const stack = asked.operand ?? "netflix-aws";
  const text = asked.text ?? TEXTS[stack];
  const known = [...(asked.operand ? [] : [stack]), ...(text && !asked.text ? ["--text", text] : [])];
  return main(["rehearse", ...words, ...known], stack === "nginx-front" ? { changes: frontChanges } : {});
}

/**
 * From TypeScript, which can be read once the project's packages are there.
 * @param {object} staged
 */
async function frontChanges(staged) {
  const { require } = await import("tsx/cjs/api");
  return require("./front-changes.ts", import.meta.url).frontChanges(staged);
}

/** @param {readonly string[]} words */
async function rehearseData(words) {
  const { install, rest } = consentIn(words);
  const terminal = new Terminal({ out: process.stdout, input: process.stdin, env: process.env });
  try {
    await makeReady(terminal, findProject(ROOT), { verb: "test", install, programs: PROGRAMS, system: SYSTEM });
    const args = ["--import", "tsx", "scripts/data-volume/rehearse-data.ts", ...rest];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
    child.once("exit", (code) => {
      process.exitCode = code ?? 1;
    });
  } catch (error) {
    terminal.fail(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
