import { Annotations } from "cdktf";
import type { IConstruct } from "constructs";

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
