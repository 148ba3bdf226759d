import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FAULTS } from "../../scripts/faults/list.mjs";
import { faultTable } from "../../scripts/faults/table.mjs";
import { ROOT } from "../house/house.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

test("the faults are numbered one after another, and each has a name of its own", () => {
  expect(FAULTS.map(({ number }) => number)).toEqual(FAULTS.map((_, index) => index + 1));
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});

test.each(FAULTS.flatMap(({ name, shown }) => shown.map(({ file, test }) => [name, file, test] as const)))(
  "%s is shown by %s: %s",
  (_, file, title) => {
    expect(read(`__tests__/${file}`)).toContain(`"${title}`);
  },
);

test("every test of the machine that lives through faults belongs to one of them, but the last", () => {
  const titles = [...read("__tests__/faults/machine.fault.test.ts").matchAll(/^(?:test\(|\S*\]\)\()"(.*?)"/gm)];
  const begins = FAULTS.flatMap(({ shown }) => shown.map(({ test }) => test));
  const others = titles.filter(([, title = ""]) => !begins.some((begin) => title.startsWith(begin)));
  expect(titles.length).toBeGreaterThan(20);
  expect(others.map(([, title]) => title)).toEqual([expect.stringContaining("after all of them")]);
});

test("at least six are part of CI", () => {
  const inCi = FAULTS.filter(({ shown }) => shown.some(({ project }) => project !== "faults"));
  expect(inCi.length).toBeGreaterThanOrEqual(6);
});

test("the documentation has the table as the list says it", () => {
  expect(read("docs/faults.md")).toContain(faultTable());
});
