import { Progress } from "../../src/rehearsal/progress.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test("what goes on is said again when no line came for a while, by the last words of who works at it", () => {
  const lines: string[] = [];
  const progress = new Progress((line) => lines.push(line));
  progress.log("terraform init");
  jest.advanceTimersByTime(10_000);
  progress.log("terraform apply");
  jest.advanceTimersByTime(19_000);
  progress.hear("aws_instance.host: Creating...\naws_instance.host: Still creating... [20s elapsed]\n\n");
  progress.hear("\n");
  jest.advanceTimersByTime(19_000);
  progress.log("checks");
  progress.stop();
  jest.advanceTimersByTime(60_000);
  expect(lines.map((line) => line.replace(/^\[ +\d+\.\d\] /, ""))).toEqual([
    "terraform init",
    "terraform apply",
    "terraform apply: still at it",
    "terraform apply: aws_instance.host: Still creating... [20s elapsed]",
    "checks",
  ]);
  expect(lines[1]).toBe("[  10.0] terraform apply");
});

test("no more than twenty seconds go by without a line", () => {
  const moments: number[] = [];
  const progress = new Progress(() => moments.push(Date.now()));
  progress.log("a long step");
  jest.advanceTimersByTime(300_000);
  progress.stop();
  const gaps = moments.slice(1).map((moment, at) => moment - (moments[at] as number));
  expect(gaps.length).toBeGreaterThan(10);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(20_000);
});
