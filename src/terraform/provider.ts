import { TerraformProvider } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error.ts";
import { owningStack, stackOf } from "./stack-of.ts";

/**
 * Refuses at synth another provider of the same kind in the stack of `provider`, unless it has an alias. Why: Terraform
 * takes two blocks without one for nonsense, and only when it reads what was synthesized without a word. Why not when
 * the other is declared: a person's own provider may come before or after ours.
 *
 * @param owner the construct that makes `provider`, as people declare it
 */
export function refuseOtherProviders(
  provider: IConstruct & { readonly terraformResourceType: string },
  owner: string,
): void {
  const stack = owningStack(provider);
  const kind = provider.terraformResourceType;
  const isOther = (each: IConstruct) =>
    TerraformProvider.isTerraformProvider(each) &&
    each !== provider &&
    each.terraformResourceType === kind &&
    each.alias === undefined &&
    stackOf(each) === stack;
  const problem = `is a second ${kind} provider beside ${provider.node.path}: configure that one by new ${owner}, declared before its first use, or give this one an alias`;
  stack.node.addValidation({
    validate: () =>
      stack.node
        .findAll()
        .filter(isOther)
        .map((each) => new ConstructError(each, "provider", problem).message),
  });
}
