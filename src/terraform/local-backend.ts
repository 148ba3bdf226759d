import { LocalBackend, type TerraformStack } from "cdktf";
import { requireOwnCore } from "./own-core.ts";

/**
 * Keeps the state of `stack` beside the project, as `terraform.<stack>.tfstate`. Why relative: CDKTF writes the
 * absolute path of its machine, so that the same tree would synthesize differently in every clone. The path is read
 * from the stack's folder in the output, `cdktf.out/stacks/<stack>`.
 */
export function useLocalBackend(stack: TerraformStack): void {
  requireOwnCore(stack);
  new LocalBackend(stack, {});
  stack.addOverride("terraform.backend.local.path", `../../../terraform.${stack.node.id}.tfstate`);
}
