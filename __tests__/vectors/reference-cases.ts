import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The cases of one of upstream's files on references. */
export function referenceCases<T>(file: string): T[] {
  const folder = process.env.SLIPWAY_VECTORS;
  if (!folder) throw new Error("SLIPWAY_VECTORS is not set: name the folder that holds reference/oracle.json");
  return (JSON.parse(readFileSync(join(folder, "reference", file), "utf8")) as { cases: T[] }).cases;
}

/** Holds every `[got, want]` against each other, prints how many there were and fails with the first that disagree. */
export function compare<T>(
  what: string,
  cases: readonly T[],
  answer: (given: T) => [got: unknown, want: unknown],
): void {
  const disagreements: unknown[] = [];
  for (const given of cases) {
    const [got, want] = answer(given);
    if (JSON.stringify(got) !== JSON.stringify(want)) disagreements.push({ given, got, want });
  }
  process.stdout.write(`references, ${what}: ${cases.length} compared, ${disagreements.length} disagreed\n`);
  expect(cases.length).toBeGreaterThan(0);
  expect(disagreements.slice(0, 5)).toEqual([]);
}
