import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error.ts";

/**
 * Returns `map` if every value in it is text; a token of text is. Why asked, when the type says so: a program that runs
 * without a type check hands over an unset `process.env` variable as easily as a number.
 *
 * @throws {ConstructError}
 */
export function textMap(
  scope: IConstruct,
  property: string,
  map: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [key, value] of Object.entries(map) as [string, unknown][]) {
    if (typeof value === "string") continue;
    const remedy = value === undefined ? "set it, or leave the key out" : "write it in quotes";
    throw new ConstructError(scope, `${property}[${key}]`, `must be text, got ${typeof value}: ${remedy}`);
  }
  return map;
}
