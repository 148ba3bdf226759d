import { comparedIn, sumOf, totalsOf } from "../../scripts/test-report.mjs";

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
  expect(sumOf(lanes)).toEqual({ passed: 5, failed: 1, notes: ["1 files did not run"] });
  expect(sumOf([])).toMatchObject({ passed: 0, failed: 1 });
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
