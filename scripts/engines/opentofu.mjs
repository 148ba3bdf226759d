// @ts-check
import { join } from "node:path";
import { buildGoProgram } from "./go-program.mjs";

/**
 * OpenTofu's program, for TERRAFORM_BINARY_NAME.
 * @param {import("./go-program.mjs").Kit} kit
 */
export async function buildOpenTofu(kit) {
  const folder = await buildGoProgram(
    {
      title: "OpenTofu 1.10.10",
      module: "opentofu",
      packages: ["github.com/opentofu/opentofu/cmd/tofu"],
      flags: ["-ldflags", "-s -w -X github.com/opentofu/opentofu/version.dev=no"],
      cgo: "0",
      takes: "some five minutes of one processor",
    },
    kit,
  );
  return join(folder, "tofu");
}
