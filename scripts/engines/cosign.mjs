// @ts-check
import { buildModuleProgram } from "./module-program.mjs";

/**
 * The program that signs and verifies images, whose format ours is.
 * @param {import("./module-program.mjs").Kit} kit
 */
export function buildCosign(kit) {
  const program = {
    title: "cosign 2.6.0",
    module: "cosign",
    path: "github.com/sigstore/cosign/v2/cmd/cosign",
    takes: "some seven minutes of two processors",
  };
  return buildModuleProgram(program, kit);
}
