import { comparedIn, slowestOf, sumOf, totalsOf } from "../../scripts/test-report.mjs";

const report = (more: object = {}) => ({
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  numTotalTests: 5,
  ...more,
});

it.each([
  ["all is well", report(), 0, { passed: 5, failed: 0 }],
  ["a test failed", report({ numFailedTests: 2, numTotalTests: 7 }), 1, { passed: 5, failed: 2 }],
  ["a test was skipped", report({ numPendingTests: 1, numTotalTests: 6 }), 0, { passed: 5, failed: 1 }],
  ["a test is to be written", report({ numTodoTests: 1, numTotalTests: 6 }), 0, { passed: 5, failed: 1 }],
  ["a file did not run", report({ numRuntimeErrorTestSuites: 1 }), 1, { passed: 5, failed: 1 }],
  ["no test ran", report({ numPassedTests: 0, numTotalTests: 0 }), 0, { passed: 0, failed: 1 }],
  ["Jest failed for another reason", report(), 1, { passed: 5, failed: 1 }],
  ["Jest wrote nothing", undefined, 0, { passed: 0, failed: 1 }],
])("%s", (_, read, code, expected) => {
  expect(totalsOf(read, code)).toMatchObject(expected);
});

it("adds up what lanes came to, and fails where there is none", () => {
  const lanes = [
    { passed: 3, failed: 0, notes: [] },
    { passed: 2, failed: 1, notes: ["1 files did not run"] },
  ];
  expect(sumOf(lanes)).toMatchObject({ passed: 5, failed: 1, notes: ["1 files did not run"] });
  expect(sumOf([])).toMatchObject({ passed: 0, failed: 1 });
});

it("names the ten slowest tests of all lanes, and the files with what stands before their tests", () => {
  const lane = (name: string, ...durations: readonly (number | null)[]) => {
    const assertionResults = durations.map((duration, at) => ({ fullName: `test ${at}`, duration }));
    const testResults = [{ name: `/x/${name}.test.ts`, startTime: 1000, endTime: 6000, assertionResults }];
    return totalsOf(report({ testResults }), 0);
  };
  const { tests = [], files = [] } = sumOf([lane("a", 5, 30, null), lane("b", ...Array(20).fill(10), 40)]);
  const lines = slowestOf(tests, (milliseconds) => `${milliseconds} ms`);
  expect(lines).toHaveLength(10);
  expect(lines.slice(0, 2)).toEqual(["       40 ms  b.test.ts: test 20", "       30 ms  a.test.ts: test 1"]);
  expect(slowestOf(files, (milliseconds) => `${milliseconds}`)).toEqual([
    "        5000  a.test.ts",
    "        5000  b.test.ts",
  ]);
});

it("adds up what was compared", () => {
  const lines = [
    "  reference: 1,234 names compared",
    "dockerignore: 56 paths of upstream's files compared",
    "PASS vectors __tests__/vectors/reference.vectors.test.ts",
    "compared 7 things",
  ];
  expect(comparedIn(lines)).toBe(1290);
});
