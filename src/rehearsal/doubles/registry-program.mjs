/**
 * Where the program of Debian's `docker-registry` is, taken out of its package unless it is installed.
 *
 * node registry-program.mjs FOLDER    prints its path; it is kept in FOLDER
 */
import { mkdirSync } from "node:fs";
import { registryProgram } from "../../offline/images/registry-program.mjs";
import { runCommand } from "../../offline/images/run-command.mjs";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("usage: registry-program.mjs FOLDER");
mkdirSync(folder, { recursive: true });
console.log(await registryProgram(folder, runCommand));
