import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** The stack that `construct` belongs to. Why not CDKTF's own: that one throws for a construct of the app itself. */
export function stackOf(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.find(TerraformStack.isStack);
}
