// @ts-check
import { basename } from "node:path";

/**
 * What a test, or a file of tests with all that is done before them, took.
 * @typedef {{ title: string, milliseconds: number }} Took
 */

/** @typedef {{ passed: number, failed: number, notes: string[], tests?: Took[], files?: Took[] }} Totals */

/**
 * Jest's own report, as far as it is read.
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {number} numRuntimeErrorTestSuites
 * @property {number} numTotalTests
 * @property {{ name: string, startTime: number, endTime: number, assertionResults: { fullName: string, duration?: number | null }[] }[]} [testResults]
 */

/**
 * What one part of the tests came to, from Jest's own report. A test that did not run is a failure here: one that is
 * skipped proves nothing, and a part without tests is a part that is missing.
 *
 * @param {Report | undefined} report
 * @param {number} code Jest's exit status
 * @returns {Totals}
 */
export function totalsOf(report, code) {
  if (!report) return { passed: 0, failed: 1, notes: [`no report was written (exit status ${code})`] };
  const skipped = report.numPendingTests + report.numTodoTests;
  /** @type {string[]} */
  const notes = [];
  let failed = report.numFailedTests + report.numRuntimeErrorTestSuites + skipped;
  if (report.numRuntimeErrorTestSuites > 0) notes.push(`${report.numRuntimeErrorTestSuites} files did not run`);
  if (skipped > 0) notes.push(`${skipped} tests were skipped, which counts as failed`);
  if (report.numTotalTests === 0) notes.push("no test ran, which counts as failed");
  if (failed === 0 && (code !== 0 || report.numTotalTests === 0)) failed = 1;
  const { testResults = [] } = report;
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, duration }) => ({
      title: `${basename(name)}: ${fullName}`,
      milliseconds: duration ?? 0,
    })),
  );
  const files = testResults.map(({ name, startTime, endTime }) => ({
    title: basename(name),
    milliseconds: endTime - startTime,
  }));
  return { passed: report.numPassedTests, failed, notes, tests, files };
}

/**
 * What lanes that ran side by side came to; a part of which there is no lane is a part that is missing.
 * @param {readonly Totals[]} lanes
 * @returns {Totals}
 */
export function sumOf(lanes) {
  if (lanes.length === 0) return { passed: 0, failed: 1, notes: ["no test ran, which counts as failed"] };
  return {
    passed: lanes.reduce((sum, { passed }) => sum + passed, 0),
    failed: lanes.reduce((sum, { failed }) => sum + failed, 0),
    notes: lanes.flatMap(({ notes }) => notes),
    tests: lanes.flatMap(({ tests = [] }) => tests),
    files: lanes.flatMap(({ files = [] }) => files),
  };
}

/**
 * The ten that took longest, the slowest first, a line each.
 * @param {readonly Took[]} all
 * @param {(milliseconds: number) => string} inWords
 */
export function slowestOf(all, inWords) {
  return [...all]
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, 10)
    .map(({ title, milliseconds }) => `${inWords(milliseconds).padStart(12)}  ${title}`);
}

/**
 * How many cases were compared, from the lines that the vector tests print: `reference: 1,234 names compared`.
 * @param {readonly string[]} lines
 */
export function comparedIn(lines) {
  return lines.reduce((sum, line) => {
    const [, count] = /^\s*[\w -]+: ([\d,]+) .*\bcompared\b/.exec(line) ?? [];
    return sum + (count ? Number(count.replaceAll(",", "")) : 0);
  }, 0);
}
