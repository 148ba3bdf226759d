const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A length of time as Compose writes it, `1m30s`, in seconds; nothing for what is none. */
export function durationSeconds(value: unknown): number | undefined {
  if (typeof value === "number") return value / 1e9; // Docker's own word, nanoseconds
  if (typeof value !== "string" || !/^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/.test(value)) return undefined;
  return [...value.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit as string] as number),
    0,
  );
}
