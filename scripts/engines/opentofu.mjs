// @ts-check
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGoProgram } from "../../src/rehearsal/engine/go-program.mjs";

/**
 * OpenTofu's program, for TERRAFORM_BINARY_NAME.
 * @param {import("../../src/rehearsal/engine/go-program.mjs").Kit} kit
 */
export async function buildOpenTofu(kit) {
  const folder = await buildGoProgram(
    {
      title: "OpenTofu 1.10.10",
      module: "opentofu",
      modules: fileURLToPath(new URL("modules", import.meta.url)),
      packages: ["github.com/opentofu/opentofu/cmd/tofu"],
      flags: ["-ldflags", "-s -w -X github.com/opentofu/opentofu/version.dev=no"],
      cgo: "0",
      takes: "some five minutes of one processor",
    },
    kit,
  );
  return join(folder, "tofu");
}
