import { InvalidValueError } from "./invalid-value-error.ts";

/** The names of `T`'s options; written out, since none are left at run time, and complete, since the compiler asks for each. */
export type OptionNames<T> = Readonly<Record<keyof Required<T>, true>>;

/**
 * Refuses an option that nobody reads. Why asked, when the type says so: most programs run without a type check, and a
 * misspelt option would be the default in silence.
 *
 * @param subject what the options are of, e.g. `health check`
 * @throws InvalidValueError with the nearest name that is known
 */
export function refuseUnknownOptions<T extends object>(
  subject: string,
  options: T | undefined,
  names: OptionNames<T>,
): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new InvalidValueError({ subject: `${subject} options`, rule: "must be an object", got: options });
  }
  const known = Object.keys(names);
  const got = Object.keys(options).find((name) => !known.includes(name));
  if (got === undefined) return;
  const near = nearest(got, known);
  const remedy = near
    ? `did you mean ${near}?`
    : known.length === 0
      ? "it takes none"
      : `known: ${known.sort().join(", ")}`;
  throw new InvalidValueError({ subject: `${subject} option`, rule: "must be known", got, remedy });
}

/** The word of `known` that `typed` most likely stands for: the one that it begins, or one that is few letters away. */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const farthest = Math.max(2, Math.floor(typed.length / 3));
  const beginning = known.filter((word) => typed.length >= 3 && word.toLowerCase().startsWith(typed.toLowerCase()));
  if (beginning.length === 1) return beginning[0];
  const [best] = known
    .map((word) => ({ word, distance: distance(typed.toLowerCase(), word.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= farthest ? best.word : undefined;
}

/** Levenshtein's: insertions, deletions and replacements from `a` to `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
