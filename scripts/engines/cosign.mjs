// @ts-check
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoProgram } from "../../src/rehearsal/engine/go-program.mjs";

/**
 * The program that signs and verifies images, whose format ours is.
 * @param {import("../../src/rehearsal/engine/go-program.mjs").Kit} kit
 */
export async function buildCosign(kit) {
  const folder = await buildGoProgram(
    {
      title: "cosign 2.6.0",
      module: "cosign",
      modules: fileURLToPath(new URL("modules", import.meta.url)),
      packages: ["github.com/sigstore/cosign/v2/cmd/cosign"],
      flags: ["-ldflags", "-s -w"],
      cgo: "0",
      takes: "some seven minutes of two processors",
    },
    kit,
  );
  return join(folder, "cosign");
}
