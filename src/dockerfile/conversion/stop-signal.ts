import { isSignalName } from "../../values/stop-signal.ts";
import { readInteger } from "../syntax/go-text.ts";

/** Whether the builder takes `text` as a signal: a number that is not 0, or a name that Linux has. */
export function isStopSignal(text: string): boolean {
  if (!/^[-+]?[0-9]+$/.test(text)) return isSignalName(text);
  return (readInteger(text) ?? 0n) !== 0n;
}
