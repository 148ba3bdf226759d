import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import "./creation-stack.ts";
import { requireLiteral } from "./literal.ts";
import { stackDirectory } from "./stack-of.ts";

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

/**
 * As {@link stagedFile}, of a text that `produce` makes when everything is declared; returns the path as a token. It is
 * asked more than once, and must say the same each time. Its text is not Terraform's to fill in: a reference in it is
 * refused, and nothing in it needs to be escaped.
 *
 * @throws {ConstructError} at synth, when there is a reference in the text
 */
export function lateStagedFile(scope: Construct, name: string, produce: () => string): string {
  return Lazy.stringValue({ produce: () => stagedFile(scope, name, requireLiteral(scope, name, produce())) });
}

/** Writes a copy of the file at `path` into the synthesized output, as {@link stagedFile} does. */
export function stagedCopy(scope: Construct, path: string): string {
  return stagedFile(scope, basename(path), readFileSync(path, "utf8"));
}
