// @ts-check

/** @typedef {{ passed: number, failed: number, notes: string[] }} Totals */

/**
 * What one part of the tests came to, from Jest's own report. A test that did not run is a failure here: one that is
 * skipped proves nothing, and a part without tests is a part that is missing.
 *
 * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, numRuntimeErrorTestSuites: number, numTotalTests: number } | undefined} report
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
  return { passed: report.numPassedTests, failed, notes };
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
  };
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
