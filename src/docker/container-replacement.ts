import type { IConstruct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import type { PortMapping } from "../values/port-mapping.ts";

/** How a change reaches a container. */
export type Replacement = "stop-first" | "start-first";

/** What of a container's declaration bears on its replacement. */
export interface ReplacedContainer {
  readonly replacement?: Replacement;
  readonly ports?: readonly PortMapping[];
  readonly cpus?: number;
}

const REPLACEMENTS: readonly unknown[] = [undefined, "stop-first", "start-first"];

/** @throws {ConstructError} for a word that is neither, and for `start-first` with a published port */
export function checkReplacement(scope: IConstruct, { replacement, ports = [] }: ReplacedContainer): void {
  if (!REPLACEMENTS.includes(replacement)) {
    const rule = "must be stop-first or start-first";
    throw new ConstructError(scope, "replacement", { subject: "replacement", rule, got: replacement });
  }
  const [first] = Array.isArray(ports) ? ports : [];
  if (replacement === "start-first" && first) {
    throw new ConstructError(
      scope,
      "ports",
      `replacement is start-first but port ${first.host} is published: two containers cannot hold one port; publish it on what routes to them`,
    );
  }
}

/** Why `cpus` is ignored: the provider reads 2 as 2.0 and 0.05 as 0.1. The digest in the label stands for it. */
export function replacementLifecycle({ replacement, cpus }: ReplacedContainer) {
  const startFirst = replacement === "start-first";
  const ignoreChanges = [...(startFirst ? ["name"] : []), ...(cpus === undefined ? [] : ["cpus"])];
  if (ignoreChanges.length === 0) return undefined;
  return { ...(startFirst && { createBeforeDestroy: true }), ignoreChanges };
}
