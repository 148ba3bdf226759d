import { InvalidValueError } from "../values/invalid-value-error.ts";

/**
 * The items by their names, in the order of declaration.
 *
 * @param subject what the names are of, e.g. `service name`
 * @throws InvalidValueError for a name that two have
 */
export function declaredOnce<T>(subject: string, items: Iterable<T>, nameOf: (item: T) => string): Map<string, T> {
  const byName = new Map<string, T>();
  for (const item of items) {
    const name = nameOf(item);
    if (byName.has(name)) throw new InvalidValueError({ subject, rule: "must be declared once", got: name });
    byName.set(name, item);
  }
  return byName;
}
