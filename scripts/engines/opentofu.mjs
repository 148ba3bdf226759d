// @ts-check
import { buildModuleProgram } from "./module-program.mjs";

/**
 * OpenTofu's program, for TERRAFORM_BINARY_NAME.
 * @param {import("./module-program.mjs").Kit} kit
 */
export function buildOpenTofu(kit) {
  const program = {
    title: "OpenTofu 1.10.10",
    module: "opentofu",
    path: "github.com/opentofu/opentofu/cmd/tofu",
    ldflags: "-X github.com/opentofu/opentofu/version.dev=no",
    takes: "some five minutes of one processor",
  };
  return buildModuleProgram(program, kit);
}
