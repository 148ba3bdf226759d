import type { Construct, IConstruct } from "constructs";
import { atProperty, ConstructError } from "./construct-error.ts";
import { requireOwnCore } from "./own-core.ts";
import { isReference } from "./reference.ts";

/**
 * Returns `value` if synth can read it, and refuses a token. Why: a string method on a token silently works on the
 * token's own text, and names, ports and addresses must be read at synth.
 *
 * @throws {ConstructError}
 */
export function requireLiteral<T>(scope: IConstruct, property: string, value: T): T {
  if (containsToken(value)) {
    throw new ConstructError(
      scope,
      property,
      "must be a literal, got a value that Terraform knows only at plan or apply: write the value itself, or take it from a variable of your program",
    );
  }
  return value;
}

/**
 * Asks `check` of `got`, if it is given; what is left out has its default.
 *
 * @throws {ConstructError} for a token, and for what `check` refuses
 */
export function checkLiteral<T>(
  scope: IConstruct,
  property: string,
  got: T | undefined,
  check: (got: T) => unknown,
): void {
  if (got !== undefined) atProperty(scope, property, () => check(requireLiteral(scope, property, got)));
}

function containsToken(value: unknown): boolean {
  if (isReference(value)) return true;
  if (Array.isArray(value)) return value.some(containsToken);
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.entries(value).some(([key, each]) => containsToken(key) || containsToken(each));
  }
  return false;
}

const ID = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/**
 * Returns `id` if it stays itself in Terraform's names. Why: CDKTF drops the other characters, so that `a.b` and
 * `ab` become one name and one of the two resources silently vanishes; `1abc` synthesizes and Terraform refuses it. What
 * every construct of ours asks first, so that a scope of another core is refused here, too.
 *
 * @throws {ConstructError}
 */
export function constructId(scope: Construct, id: string): string {
  requireOwnCore(scope);
  if (typeof id === "string" && ID.test(id)) return id;
  throw new ConstructError(scope, "id", {
    subject: "construct id",
    rule: "must begin with a letter and hold only letters, digits, - and _, 64 at most",
    got: id,
    remedy: typeof id === "string" ? suggestion(id) : "use a word",
  });
}

function suggestion(id: string): string {
  const mended = id
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^[^A-Za-z]+/, "")
    .slice(0, 64);
  return mended && ID.test(mended) ? `use ${JSON.stringify(mended)}` : "use a word";
}

/**
 * Returns `map` if every value in it is text; a token of text is. Why asked, when the type says so: a program that runs
 * without a type check hands over an unset `process.env` variable as easily as a number.
 *
 * @throws {ConstructError}
 */
export function requireTextMap(
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

/** How a command is written, for whoever wrote it in one piece. */
export const COMMAND_EXAMPLE = 'write e.g. ["python", "app.py"], or ["sh", "-c", "…"] for a shell';

/**
 * Returns `list` if it is a list of text; a token of text is. Why asked, when the type says so: a program that runs
 * without a type check hands over one text, which is a list of its letters.
 *
 * @throws {ConstructError} with `remedy`
 */
export function requireWordList(scope: IConstruct, property: string, list: readonly string[], remedy: string) {
  const stranger = Array.isArray(list) ? list.findIndex((word) => typeof word !== "string") : undefined;
  if (stranger === -1) return list;
  const got = stranger === undefined ? list : list[stranger];
  throw new ConstructError(scope, property, { subject: property, rule: "must be a list of words", got, remedy });
}
