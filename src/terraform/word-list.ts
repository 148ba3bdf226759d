import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error.ts";

/** How a command is written, for whoever wrote it in one piece. */
export const COMMAND_EXAMPLE = 'write e.g. ["python", "app.py"], or ["sh", "-c", "…"] for a shell';

/**
 * Returns `list` if it is a list of text; a token of text is. Why asked, when the type says so: a program that runs
 * without a type check hands over one text, which is a list of its letters.
 *
 * @throws {ConstructError} with `remedy`
 */
export function wordList(scope: IConstruct, property: string, list: readonly string[], remedy: string) {
  const stranger = Array.isArray(list) ? list.findIndex((word) => typeof word !== "string") : undefined;
  if (stranger === -1) return list;
  const got = stranger === undefined ? list : list[stranger];
  throw new ConstructError(scope, property, { subject: property, rule: "must be a list of words", got, remedy });
}
