const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * Fast tests that take more than ten seconds of a processor, the longest first; the report of npm test names them. Why
 * first: Jest knows of a clean clone the sizes of files alone, and the longest of all came last, alone.
 */
const SLOWEST = [
  "rollout/power-cut",
  "hosts/local/local-release",
  "hosts/local/local-images",
  "rollout/core",
  "rollout/core-properties",
  "rollout/probes",
  "cli/every-option",
  "cli/slipway",
  "dockerfile/fuzz",
].map((name) => `/__tests__/${name}.test.ts`);

module.exports = class SlowestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const slow = SLOWEST.flatMap((name) => sorted.filter(({ path }) => path.endsWith(name)));
    return [...slow, ...sorted.filter((test) => !slow.includes(test))];
  }
};
