import fc from "fast-check";
import { Cron } from "../../src/values/cron.ts";
import { type Comes, cronExpressions, nextTimes } from "./cron-times.ts";
import { fuzzRuns } from "./fuzz-runs.ts";

test.each([
  ["0 3 * * *", "*-*-* 03:00:00 UTC"],
  ["* * * * *", "*-*-* *:*:00 UTC"],
  ["*/15 * * * *", "*-*-* *:00,15,30,45:00 UTC"],
  ["5-8,30 0,12 * * *", "*-*-* 00,12:05..08,30:00 UTC"],
  ["10-50/20 1-23/11 * * *", "*-*-* 01,12,23:10,30,50:00 UTC"],
  ["0 0 1,15 * *", "*-*-01,15 00:00:00 UTC"],
  ["0 0 29 2 *", "*-02-29 00:00:00 UTC"],
  ["0 0 31 * *", "*-*-31 00:00:00 UTC"],
  ["0 0 30 feb,apr *", "*-02,04-30 00:00:00 UTC"],
  ["0 0 * jan-mar *", "*-01..03-* 00:00:00 UTC"],
  ["30 4 * * mon-fri", "Mon..Fri *-*-* 04:30:00 UTC"],
  ["30 4 * * MON,Wed", "Mon,Wed *-*-* 04:30:00 UTC"],
  ["30 4 * * 0", "Sun *-*-* 04:30:00 UTC"],
  ["30 4 * * 7", "Sun *-*-* 04:30:00 UTC"],
  ["30 4 * * fri-sun", "Sun,Fri,Sat *-*-* 04:30:00 UTC"],
  ["30 4 * * 0-3", "Sun,Mon..Wed *-*-* 04:30:00 UTC"],
  ["30 4 * * 0-7", "*-*-* 04:30:00 UTC"],
  ["  0\t3 * *   * ", "*-*-* 03:00:00 UTC"],
  ["@hourly", "*-*-* *:00:00 UTC"],
  ["@Daily", "*-*-* 00:00:00 UTC"],
  ["@midnight", "*-*-* 00:00:00 UTC"],
  ["@weekly", "Sun *-*-* 00:00:00 UTC"],
  ["@monthly", "*-*-01 00:00:00 UTC"],
  ["@yearly", "*-01-01 00:00:00 UTC"],
  ["@annually", "*-01-01 00:00:00 UTC"],
])("%s is %s", (text, calendar) => {
  expect(Cron.parse(text).onCalendar).toBe(calendar);
});

test("is its own text as JSON, white space and letters as usual", () => {
  expect(JSON.stringify(Cron.parse(" 0  3 * * MON "))).toBe('"0 3 * * mon"');
});

test.each([
  ["", "must have five fields"],
  ["0 3 * *", "must have five fields"],
  ["0 0 3 * * *", "must have five fields; a field of seconds is not cron's"],
  ["@reboot", "must be a time, which @reboot is not"],
  ["@nightly", "must be a known word behind the @"],
  ["60 * * * *", 'must not have "60" as its minute, got "60 * * * *": it is from 0 to 59'],
  ["* 24 * * *", 'must not have "24" as its hour'],
  ["* * 0 * *", 'must not have "0" as its day of the month'],
  ["* * * 13 *", 'must not have "13" as its month'],
  ["* * * foo *", "it is from 1 to 12, or jan to dec"],
  ["* * * * 8", 'must not have "8" as its day of the week'],
  ["* * * * mon#2", "?, L, W and # are Quartz's, not cron's"],
  ["* * ? * *", "?, L, W and # are Quartz's, not cron's"],
  ["* * L * *", "must not have"],
  ["1.5 * * * *", 'must not have "1.5"'],
  ["-5 * * * *", 'must not have "-5"'],
  ["5, * * * *", 'must not have ""'],
  ["*/0 * * * *", "must not have the step 0"],
  ["*/90 * * * *", "must not have the step 90 as its minute"],
  ["5/10 * * * *", 'write "5-59/10"'],
  ["* 22-2 * * *", 'a range goes up: write "22-23,0-2"'],
  ["0 0 13 * 5", "must have either a day of the month or a day of the week"],
  ["0 0 */2 * 1", "must have either a day of the month or a day of the week"],
  ["0 0 31 2 *", "must come some day, and no such month has such a day"],
  ["0 0 31 2,4,6,9,11 *", "must come some day"],
  ["0 0 30-31 feb *", "must come some day"],
])("refuses %j", (text, reason) => {
  expect(() => Cron.parse(text)).toThrow(reason);
});

test.each([[undefined], [5], [null]])("refuses %j, which is no text", (value) => {
  expect(() => Cron.parse(value as never)).toThrow("cron expression must be text");
});

/** When a text of systemd's comes, read as its manual says: of lists and ranges. */
function byCalendar(text: string): Comes {
  const [, week = "*", months = "", days = "", hours = "", minutes = ""] =
    /^(?:([A-Za-z,.]+) )?\*-(\S+)-(\S+) (\S+):(\S+):00 UTC$/.exec(text) ?? [];
  const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const read = (word: string) => (weekdays.includes(word) ? weekdays.indexOf(word) + 1 : Number(word));
  const has = (field: string, value: number) =>
    field === "*" ||
    field.split(",").some((part) => {
      const [low = Number.NaN, high = low] = part.split("..").map(read);
      return value >= low && value <= high;
    });
  return {
    on: (day, month, weekday) => has(days, day) && has(months, month) && has(week, weekday || 7),
    at: (hour, minute) => has(hours, hour) && has(minutes, minute),
  };
}

test("comes when its fields say: the next times by the calendar's text are those by the expression's own words", () => {
  fc.assert(
    fc.property(cronExpressions, fc.integer({ min: 0, max: 1_500_000_000 }), ({ text, comes }, seconds) => {
      const from = new Date((1_600_000_000 + seconds) * 1000);
      const calendar = Cron.parse(text).onCalendar;
      expect({ text, calendar, times: nextTimes(from, 3, byCalendar(calendar)) }).toEqual({
        text,
        calendar,
        times: nextTimes(from, 3, comes),
      });
    }),
    fuzzRuns,
  );
});
