import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error.ts";

/** Under which jsii keeps the name of a class, its package first; a class of one's own has that of the class it extends. */
const RUNTIME_TYPE = Symbol.for("jsii.rtti");

/** Our package for each core. */
const PACKAGES: Readonly<Record<string, string>> = { cdktf: "slipway", cdktn: "slipway-cdktn" };

const OWN = coreOf(TerraformStack) as string;

const checked = new WeakSet<IConstruct>();

/**
 * Refuses a scope that the other core has made. Why: both call their classes alike, so a stack of the one takes constructs
 * of the other until something that only one of them has ends in a TypeError, or in JSON that lacks it.
 *
 * @throws {ConstructError}
 */
export function requireOwnCore(scope: IConstruct): void {
  if (checked.has(scope)) return;
  for (const each of scope.node.scopes) {
    const core = coreOf(each.constructor);
    if (core === undefined || core === OWN) continue;
    throw new ConstructError(
      each,
      "core",
      `is made by ${core}, and the package ${PACKAGES[OWN]} is for ${OWN}: import App and TerraformStack from "${OWN}", or use the package ${PACKAGES[core]}`,
    );
  }
  checked.add(scope);
}

function coreOf(made: unknown): string | undefined {
  const type = (made as { [RUNTIME_TYPE]?: { fqn?: unknown } })[RUNTIME_TYPE];
  const [core = ""] = String(type?.fqn ?? "").split(".");
  return Object.hasOwn(PACKAGES, core) ? core : undefined;
}
