// @ts-check
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoProgram } from "../../src/rehearsal/engine/go-program.mjs";

/** @typedef {import("../../src/rehearsal/engine/go-program.mjs").Kit} Kit */

/**
 * Builds the program that a folder of modules/ requires, once a machine.
 * @param {object} program
 * @param {string} program.title with its version, for people
 * @param {string} program.module the folder
 * @param {string} program.path what Go builds; the program has the name of its last part
 * @param {string} [program.ldflags] for the linker, beside those that leave out what only a debugger reads
 * @param {string} program.takes how long, for people
 * @param {Kit} kit
 * @returns {Promise<string>} where it is
 */
export async function buildModuleProgram({ title, module, path, ldflags, takes }, kit) {
  const modules = fileURLToPath(new URL("modules", import.meta.url));
  const flags = ["-ldflags", ["-s -w", ldflags].filter(Boolean).join(" ")];
  const folder = await buildGoProgram({ title, module, modules, packages: [path], flags, cgo: "0", takes }, kit);
  return join(folder, basename(path));
}
