import { isDeepStrictEqual } from "node:util";

/** Something that is in one list and not in the other, or in both and not the same. */
export interface Difference<T> {
  readonly key: string;
  readonly before?: T;
  readonly after?: T;
}

/** What two lists differ in, by the key of each item, sorted by it. */
export function differences<T>(before: readonly T[], after: readonly T[], keyOf: (item: T) => string): Difference<T>[] {
  const old = new Map(before.map((item) => [keyOf(item), item]));
  const now = new Map(after.map((item) => [keyOf(item), item]));
  return [...new Set([...old.keys(), ...now.keys()])]
    .sort()
    .map((key) => ({ key, before: old.get(key), after: now.get(key) }))
    .filter((each) => !isDeepStrictEqual(each.before, each.after));
}

/** The paths of the properties in which two values differ, e.g. `env.PORT`; a list is one property. */
export function changedProperties(before: unknown, after: unknown, path = ""): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isRecord(before) || !isRecord(after)) return [path];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return keys.flatMap((key) => changedProperties(before[key], after[key], path === "" ? key : `${path}.${key}`));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
