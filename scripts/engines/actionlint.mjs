// @ts-check
import { buildModuleProgram } from "./module-program.mjs";

/**
 * The program that reads workflows as GitHub does, and their shell by shellcheck.
 * @param {import("./module-program.mjs").Kit} kit
 */
export function buildActionlint(kit) {
  const program = {
    title: "actionlint 1.7.12",
    module: "actionlint",
    path: "github.com/rhysd/actionlint/cmd/actionlint",
    takes: "a quarter of a minute",
  };
  return buildModuleProgram(program, kit);
}
