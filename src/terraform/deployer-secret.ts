import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { Construct, IConstruct } from "constructs";
import type { SecretSource } from "../values/secret-source.ts";
import { ConstructError } from "./construct-error.ts";
import { pathFromStack } from "./stack-of.ts";

/** The kind of a secret, and where the shell finds it from the stack's folder. */
export function secretPlace(scope: Construct, { kind, id }: SecretSource): [kind: string, id: string] {
  return [kind, kind === "file" && !isBelowHome(id) ? pathFromStack(scope, id) : id];
}

/** @throws {ConstructError} for a file of a secret that git keeps, where whoever has the repository can read it */
export function refuseTrackedSecret(scope: IConstruct, property: string, { kind, id }: SecretSource): void {
  if (kind !== "file") return;
  const file = isBelowHome(id) ? join(homedir(), id.slice(2)) : resolve(id);
  const words = ["ls-files", "--error-unmatch", "--", basename(file)];
  if (spawnSync("git", words, { cwd: dirname(file), stdio: "ignore" }).status !== 0) return;
  const remedy = "take it out by git rm --cached, change the secret, and keep it outside of git";
  throw new ConstructError(scope, property, {
    subject: "file of a secret",
    rule: "must not be in git",
    got: id,
    remedy,
  });
}

function isBelowHome(path: string): boolean {
  return path.startsWith("~/");
}
