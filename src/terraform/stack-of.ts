import { isAbsolute, join, relative, resolve } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { requireOwnCore } from "./own-core.ts";

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

/** The context key by which a project chooses strict mode: `"slipway:strict": true` in cdktf.json. */
export const STRICT_CONTEXT = "slipway:strict";

/** Whether what nothing pins is an error (`true`), a warning (`false`), or as each construct sees fit (unset). */
export function isStrict(scope: IConstruct): boolean | undefined {
  const value: unknown = scope.node.tryGetContext(STRICT_CONTEXT);
  return value === undefined ? undefined : value === true || value === "true";
}

/**
 * The provider versions that what we emit is valid for. Why ranges: the generated bindings demand exactly the
 * version that they were generated from, which would keep every user from patches.
 */
const RANGES = { docker: ">= 3.6.2, < 5", aws: ">= 5.100, < 7" } as const;

/** Lets the stack of `scope` require a version of `provider` in `range`, instead of the bindings' exact one. */
export function requireProviderVersion(
  scope: Construct,
  provider: keyof typeof RANGES,
  range: string = RANGES[provider],
): void {
  TerraformStack.of(scope).addOverride(`terraform.required_providers.${provider}.version`, range);
}

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
