import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Cron } from "../../src/values/cron.ts";
import { cronExpressions, nextTimes } from "../values/cron-times.ts";

jest.setTimeout(60_000);
const AGENT = join(__dirname, "../../src/host-agent/lib/slipway");

/** The next times of a calendar's text by systemd itself. */
function bySystemd(calendar: string, from: Date, count: number): string[] {
  const base = `${from.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const words = ["calendar", `--iterations=${count}`, `--base-time=${base}`, calendar];
  const said = execFileSync("systemd-analyze", words, { encoding: "utf8", env: { ...process.env, TZ: "UTC" } });
  return [...said.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\S+) UTC/g)].map(
    ([, day, time]) => `${day}T${time}.000Z`,
  );
}

test("systemd's timers come when cron's fields say", () => {
  fc.assert(
    fc.property(cronExpressions, fc.integer({ min: 0, max: 1_500_000_000 }), ({ text, comes }, seconds) => {
      const from = new Date((1_600_000_000 + seconds) * 1000);
      const calendar = Cron.parse(text).onCalendar;
      expect({ text, calendar, times: bySystemd(calendar, from, 3) }).toEqual({
        text,
        calendar,
        times: nextTimes(from, 3, comes),
      });
    }),
    { numRuns: 60 },
  );
});

test.each(["0 0 29 2 *", "*/7 */5 31 * *", "59 23 * * sun,fri-sat", "@weekly", "0 3 * jan-mar,dec 0-3"])(
  "systemd reads %s",
  (text) => {
    expect(bySystemd(Cron.parse(text).onCalendar, new Date("2026-01-01T00:00:00Z"), 2)).toHaveLength(2);
  },
);

test("systemd has nothing to say about the units of a schedule", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-units-"));
  const calendar = Cron.parse("30 4 * * mon-fri").onCalendar;
  const print = (of: string) =>
    execFileSync("sh", ["-c", `ROOT=; . "${AGENT}/schedules.sh"; ${of}`], { encoding: "utf8" });
  const service = print("schedule_service report 900").replace("/usr/local/sbin/slipway", "/bin/true");
  writeFileSync(join(folder, "slipway-schedule-report.service"), service);
  writeFileSync(join(folder, "slipway-schedule-report.timer"), print(`schedule_timer report '${calendar}'`));
  const verify = (name: string) =>
    spawnSync("systemd-analyze", ["verify", "--man=no", join(folder, name)], { encoding: "utf8" });
  const said = ["service", "timer"].map((kind) => verify(`slipway-schedule-report.${kind}`).stderr);
  expect(
    said
      .join("")
      .split("\n")
      .filter((line) => line.includes("slipway-schedule")),
  ).toEqual([]);
  // it would say so
  writeFileSync(join(folder, "slipway-schedule-report.timer"), print("schedule_timer report 'at some time'"));
  expect(verify("slipway-schedule-report.timer").stderr).toContain("Failed to parse calendar specification");
});
