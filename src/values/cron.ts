import { CRON_FIELDS, type CronField, readCronField } from "./cron-field.ts";
import { type InvalidValue, refusalOf } from "./invalid-value-error.ts";

/** What the words behind an @ stand for, as in crontab(5). */
const NAMED: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
};

/** The most days that a month may have, January first. */
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

// cron = "@" word / minute hour day-of-month month day-of-week, white space between
// field = item *("," item), item = ("*" / value ["-" value]) ["/" step]

/**
 * When something is to happen again and again, in UTC, written as in crontab(5). Why not systemd's own words: everybody
 * knows these five fields, and every kind of host can be told by them.
 */
export class Cron {
  /**
   * @param text five fields, e.g. `30 3 * * mon-fri`, or a word such as `@daily`
   * @throws InvalidValueError for what is no cron expression, never happens, or means different things to different readers
   */
  static parse(text: string): Cron {
    const refuse = refusalOf("cron expression", text);
    if (typeof text !== "string") return refuse("must be text", 'write it like "0 3 * * *"');
    const trimmed = text.trim().toLowerCase();
    if (trimmed === "@reboot") {
      return refuse("must be a time, which @reboot is not", "run what a start needs as a service or a task");
    }
    const words = (NAMED[trimmed] ?? trimmed).split(/\s+/);
    if (trimmed.startsWith("@") && !(trimmed in NAMED)) {
      return refuse("must be a known word behind the @", `known: ${Object.keys(NAMED).join(", ")}`);
    }
    if (words.length !== CRON_FIELDS.length) {
      const seconds = words.length === 6 ? "; a field of seconds is not cron's" : "";
      return refuse(
        `must have five fields${seconds}`,
        "write minute, hour, day of the month, month and day of the week",
      );
    }
    const problems = (field: CronField) => (problem: Pick<InvalidValue, "rule" | "remedy">) =>
      refuse(`${problem.rule} as its ${field.name}`, problem.remedy);
    const fields = CRON_FIELDS.map((field, at) => readCronField(field, words[at] as string, problems(field)));
    const [, , days = [], months = []] = fields;
    if (words[2] !== "*" && words[4] !== "*") {
      return refuse(
        "must have either a day of the month or a day of the week: some readers take both for either, some for both at once",
        "declare two schedules, or leave one of them *",
      );
    }
    if (!months.some((month) => (days[0] as number) <= (DAYS_OF_MONTHS[month - 1] as number))) {
      return refuse("must come some day, and no such month has such a day", "give a day that it has");
    }
    return new Cron(words.join(" "), fields);
  }

  private constructor(
    private readonly text: string,
    private readonly fields: readonly (readonly number[])[],
  ) {}

  /**
   * The same as systemd's timers read it behind `OnCalendar=`.
   * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events
   */
  get onCalendar(): string {
    const [minutes, hours, days, months, weekdays] = CRON_FIELDS.map((field, at) =>
      calendarField(field, this.fields[at] as number[]),
    );
    const week = weekdays === "*" ? "" : `${weekdays} `;
    return `${week}*-${months}-${days} ${hours}:${minutes}:00 UTC`;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** Every value of the field as `*`, else its values, neighbours joined by `..`. */
function calendarField(field: CronField, values: readonly number[]): string {
  if (values.length === (field.cycle ?? field.highest - field.lowest + 1)) return "*";
  const printed = (value: number) => (field.cycle ? (WEEKDAYS[value] as string) : `${value}`.padStart(2, "0"));
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last && value === last[1] + 1) last[1] = value;
    else runs.push([value, value]);
  }
  // systemd's week begins on Monday: a range from Sunday would go down
  const parts = runs.flatMap(([from, to]): [number, number][] =>
    field.cycle && from === 0 && to > 0
      ? [
          [0, 0],
          [1, to],
        ]
      : [[from, to]],
  );
  return parts
    .map(([from, to]) =>
      from === to ? printed(from) : `${printed(from)}${to === from + 1 ? "," : ".."}${printed(to)}`,
    )
    .join(",");
}
