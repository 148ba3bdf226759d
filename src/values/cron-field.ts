import type { InvalidValue } from "./invalid-value-error.ts";

/** One of the five fields of a cron expression. */
export interface CronField {
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  /** How many values there are, where the highest is the lowest again. @default - none is */
  readonly cycle?: number;
  /** Three letters a value, the lowest first. @default - numbers only */
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** In the order in which they stand. */
export const CRON_FIELDS: readonly CronField[] = [
  { name: "minute", lowest: 0, highest: 59 },
  { name: "hour", lowest: 0, highest: 23 },
  { name: "day of the month", lowest: 1, highest: 31 },
  { name: "month", lowest: 1, highest: 12, names: MONTHS },
  { name: "day of the week", lowest: 0, highest: 7, cycle: 7, names: WEEKDAYS },
];

/** Refuses a field by its rule. */
type Refuse = (problem: Pick<InvalidValue, "rule" | "remedy">) => never;

/** The values of `field` that `text`, in lower case, stands for, sorted. */
export function readCronField(field: CronField, text: string, refuse: Refuse): number[] {
  const values = text.split(",").flatMap((item) => valuesOf(field, item, refuse));
  return [...new Set(values)].sort((a, b) => a - b);
}

function valuesOf(field: CronField, item: string, refuse: Refuse): number[] {
  const { lowest, highest } = field;
  const matched = /^(?:(\*)|([a-z0-9]+)(?:-([a-z0-9]+))?)(?:\/([0-9]+))?$/.exec(item);
  if (!matched) {
    const remedy = /[?lw#]/.test(item)
      ? "?, L, W and # are Quartz's, not cron's"
      : 'write e.g. "*", "5", "1-5", "0,30" or "*/15"';
    return refuse({ rule: `must not have ${JSON.stringify(item)}`, remedy });
  }
  const [, all, first = "", last, every] = matched;
  const from = all ? lowest : fieldValue(field, first, refuse);
  const to = all ? highest : last === undefined ? from : rangeEnd(field, from, last, refuse);
  if (to < from) {
    const remedy = `a range goes up: write "${first}-${highest},${lowest}-${last}"`;
    refuse({ rule: `must not have the range ${JSON.stringify(item)}`, remedy });
  }
  if (every !== undefined && !all && last === undefined) {
    refuse({ rule: `must not have ${JSON.stringify(item)}`, remedy: `write "${first}-${highest}/${every}"` });
  }
  const step = every === undefined ? 1 : Number(every);
  if (step < 1 || step > highest - lowest) {
    const remedy = `a step is from 1 to ${highest - lowest}, and begins anew with each field`;
    refuse({ rule: `must not have the step ${every}`, remedy });
  }
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(field.cycle ? value % field.cycle : value);
  return values;
}

/** A range of names may end with the one that begins the cycle: from Friday to Sunday. */
function rangeEnd(field: CronField, from: number, text: string, refuse: Refuse): number {
  const value = fieldValue(field, text, refuse);
  return field.cycle && value < from && text === field.names?.[0] ? field.highest : value;
}

function fieldValue({ lowest, highest, names = [] }: CronField, text: string, refuse: Refuse): number {
  const named = names.indexOf(text);
  if (named >= 0) return lowest + named;
  const value = /^[0-9]{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= lowest && value <= highest) return value;
  const remedy = `it is from ${lowest} to ${highest}${names.length > 0 ? `, or ${names[0]} to ${names.at(-1)}` : ""}`;
  return refuse({ rule: `must not have ${JSON.stringify(text)}`, remedy });
}
