import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";

/** The stack that `construct` belongs to. Why not CDKTF's own: that one throws for a construct of the app itself. */
export function stackOf(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.find(TerraformStack.isStack);
}

/** The stack's folder in the synthesized output, where Terraform runs; paths inside it are written relatively. */
export function stackDirectory(scope: Construct): string {
  const stack = TerraformStack.of(scope);
  const app = App.of(scope);
  return join(app.outdir, "stacks", stack.node.id);
}

/**
 * Writes `text` into the synthesized output and returns its path as Terraform sees it. Why named by content: the
 * same text has the same name in every clone, and a name in a trigger changes exactly when the text does.
 */
export function stagedFile(scope: Construct, name: string, text: string): string {
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const relative = `files/${digest}/${name}`;
  const target = join(stackDirectory(scope), relative);
  if (!existsSync(target)) {
    mkdirSync(dirname(target), { recursive: true });
    const partial = `${target}.${process.pid}`;
    writeFileSync(partial, text, { mode: 0o644 });
    renameSync(partial, target);
  }
  return relative;
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

/** Widens the required version of `provider` in the stack of `scope` from the bindings' exact one. */
export function widenProviderVersion(scope: Construct, provider: keyof typeof RANGES): void {
  TerraformStack.of(scope).addOverride(`terraform.required_providers.${provider}.version`, RANGES[provider]);
}

/**
 * Keeps the state of `stack` beside the project, as `terraform.<stack>.tfstate`. Why relative: CDKTF writes the
 * absolute path of its machine, so that the same tree would synthesize differently in every clone. The path is read
 * from the stack's folder in the output, `cdktf.out/stacks/<stack>`.
 */
export function useLocalBackend(stack: TerraformStack): void {
  new LocalBackend(stack, {});
  stack.addOverride("terraform.backend.local.path", `../../../terraform.${stack.node.id}.tfstate`);
}
