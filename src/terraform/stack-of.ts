import { isAbsolute, join, relative, resolve } from "node:path";
import { App, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";

/** The stack that `construct` belongs to. Why not CDKTF's own: that one throws for a construct of the app itself. */
export function stackOf(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.find(TerraformStack.isStack);
}

/**
 * The stack that `construct` belongs to.
 *
 * @throws where there is none: then no resource can be declared
 */
export function owningStack(construct: IConstruct): TerraformStack {
  return TerraformStack.of(construct);
}

/** The path of `construct` below its stack, which is what Terraform's names are made of. */
export function pathInStack(construct: IConstruct): string {
  return construct.node.path.slice(TerraformStack.of(construct).node.path.length + 1);
}

/** The stack's folder in the synthesized output, where Terraform runs; paths inside it are written relatively. */
export function stackDirectory(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const app = App.of(scope);
  return join(app.outdir, "stacks", stack.node.id);
}

/** `path` as Terraform finds it from the stack's folder; relative paths stay so, for the same bytes in every clone. */
export function pathFromStack(scope: Construct, path: string): string {
  return isAbsolute(path) ? path : relative(stackDirectory(scope), resolve(path));
}
