import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error.ts";

/**
 * Returns `value` if synth can read it, and refuses a token. Why: a string method on a token silently works on the
 * token's own text, and names, ports and addresses must be read at synth.
 *
 * @throws {ConstructError}
 */
export function literal<T>(scope: IConstruct, property: string, value: T): T {
  if (containsToken(value)) {
    throw new ConstructError(
      scope,
      property,
      "must be a literal, got a value that Terraform knows only at plan or apply: write the value itself, or take it from a variable of your program",
    );
  }
  return value;
}

function containsToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) return true;
  if (Array.isArray(value)) return value.some(containsToken);
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value).some(([key, each]) => containsToken(key) || containsToken(each));
  }
  return false;
}
