import fc from "fast-check";

/** Whether something comes on this day of UTC, Sunday 0, and in this minute of a day. */
export interface Comes {
  on(day: number, month: number, weekday: number): boolean;
  at(hour: number, minute: number): boolean;
}

const MINUTES = Array.from({ length: 1440 }, (_, at) => at);

/** The next `count` minutes after `from` in which it comes, a day after the other: what comes at all does within nine years. */
export function nextTimes(from: Date, count: number, comes: Comes): string[] {
  const minutes = MINUTES.filter((at) => comes.at(Math.floor(at / 60), at % 60));
  const found: string[] = [];
  const day = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()));
  for (let days = 0; found.length < count && days < count * 366 * 9; days++) {
    if (comes.on(day.getUTCDate(), day.getUTCMonth() + 1, day.getUTCDay())) {
      const times = minutes.map((at) => new Date(day.getTime() + at * 60_000));
      found.push(...times.filter((time) => time > from).map((time) => time.toISOString()));
    }
    day.setUTCDate(day.getUTCDate() + 1);
  }
  return found.slice(0, count);
}

interface Field {
  readonly text: string;
  readonly has: (value: number) => boolean;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** An item and what it says by itself, without the reader that is tried. */
function item(low: number, high: number, names: readonly string[] = []): fc.Arbitrary<Field> {
  const value = fc.integer({ min: low, max: high });
  const printed = (at: number, named: boolean) => (named && names[at - low]) || `${at}`;
  return fc.oneof(
    fc.tuple(value, fc.boolean()).map(([at, named]) => ({ text: printed(at, named), has: (v: number) => v === at })),
    fc.tuple(value, value, fc.integer({ min: 1, max: high - low }), fc.boolean()).map(([a, b, step, named]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return {
        text: `${printed(from, named)}-${printed(to, false)}${step === 1 ? "" : `/${step}`}`,
        has: (v: number) => v >= from && v <= to && (v - from) % step === 0,
      };
    }),
    fc
      .integer({ min: 1, max: high - low })
      .map((step) => ({ text: `*/${step}`, has: (v: number) => (v - low) % step === 0 })),
  );
}

const STAR: Field = { text: "*", has: () => true };

function field(low: number, high: number, names?: readonly string[]): fc.Arbitrary<Field> {
  return fc.oneof(
    fc.constant(STAR),
    fc.array(item(low, high, names), { minLength: 1, maxLength: 3 }).map((items) => ({
      text: items.map(({ text }) => text).join(","),
      has: (v: number) => items.some(({ has }) => has(v)),
    })),
  );
}

/** Expressions that come some day, and when they do by their own words. */
export const cronExpressions: fc.Arbitrary<{ readonly text: string; readonly comes: Comes }> = fc
  .tuple(
    field(0, 59),
    field(0, 23),
    fc.oneof(
      fc.tuple(field(1, 28), fc.constant(STAR)), // what every month has
      fc.tuple(fc.constant(STAR), field(0, 6, WEEKDAYS)),
    ),
    field(1, 12, MONTHS),
  )
  .map(([minute, hour, [day, weekday], month]) => ({
    text: [minute, hour, day, month, weekday].map(({ text }) => text).join(" "),
    comes: {
      on: (inMonth, ofYear, ofWeek) => day.has(inMonth) && month.has(ofYear) && weekday.has(ofWeek),
      at: (ofDay, ofHour) => hour.has(ofDay) && minute.has(ofHour),
    },
  }));
