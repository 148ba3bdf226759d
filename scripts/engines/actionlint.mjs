// @ts-check
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoProgram } from "../../src/rehearsal/engine/go-program.mjs";

/**
 * The program that reads workflows as GitHub does, and their shell by shellcheck.
 * @param {import("../../src/rehearsal/engine/go-program.mjs").Kit} kit
 */
export async function buildActionlint(kit) {
  const folder = await buildGoProgram(
    {
      title: "actionlint 1.7.12",
      module: "actionlint",
      modules: fileURLToPath(new URL("modules", import.meta.url)),
      packages: ["github.com/rhysd/actionlint/cmd/actionlint"],
      flags: ["-ldflags", "-s -w"],
      cgo: "0",
      takes: "a quarter of a minute",
    },
    kit,
  );
  return join(folder, "actionlint");
}
