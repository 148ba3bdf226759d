import { Annotations } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { perStack } from "./per-stack.ts";

/** Lets a synth say something of `scope`; an error fails it, together with all others. */
export function annotate(scope: IConstruct, severity: "error" | "warning" | "info", message: string): void {
  const annotations = Annotations.of(scope);
  if (severity === "error") annotations.addError(message);
  else if (severity === "warning") annotations.addWarning(message);
  else annotations.addInfo(message);
}

/** Lets a synth warn of `scope`, and go on. */
export function warn(scope: IConstruct, message: string): void {
  annotate(scope, "warning", message);
}

type Tell = () => readonly string[];

const late = perStack(() => new Map<IConstruct, Tell>());

/** Lets a synth warn of `scope` by what is declared when all of it is; of a construct that says nothing of itself, never. */
export function warnAtSynth(scope: Construct, tell: Tell): void {
  late(scope).set(scope, tell);
}

/** Says what was to be said of `stack` once all is declared. */
export function warnLate(stack: IConstruct): void {
  const waiting = late(stack);
  for (const [scope, tell] of waiting) for (const message of tell()) warn(scope, message);
  waiting.clear();
}
