import { isDeepStrictEqual } from "node:util";

/**
 * Whether `actual` has what `expected` says: of objects the named keys, lists whole. What `expected` leaves undefined is not
 * asked. A runner's own matchers, such as `expect.any(String)`, may stand in it.
 */
export function contains(actual: unknown, expected: unknown): boolean {
  if (expected === undefined) return true;
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (Array.isArray(expected)) {
    const isList = Array.isArray(actual) && actual.length === expected.length;
    return isList && expected.every((each, at) => contains(actual[at], each));
  }
  if (typeof expected !== "object" || expected === null) return isDeepStrictEqual(actual, expected);
  if (typeof actual !== "object" || actual === null) return false;
  return Object.entries(expected).every(([key, value]) =>
    contains((actual as Readonly<Record<string, unknown>>)[key], value),
  );
}

function isMatcher(value: unknown): value is { asymmetricMatch(actual: unknown): boolean } {
  return typeof (value as { asymmetricMatch?: unknown } | null)?.asymmetricMatch === "function";
}
