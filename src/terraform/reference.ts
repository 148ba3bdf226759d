import { Token } from "cdktf";
import "./creation-stack.ts";

/** Whether `value` is, or has in it, what Terraform knows only at plan or apply; of a list or map, itself only. */
export function isReference(value: unknown): boolean {
  return Token.isUnresolved(value);
}
