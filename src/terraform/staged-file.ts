import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { App, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";

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

/** The stack that `construct` belongs to. Why not CDKTF's own: that one throws for a construct of the app itself. */
export function stackOf(construct: IConstruct): IConstruct | undefined {
  return construct.node.scopes.find(TerraformStack.isStack);
}
