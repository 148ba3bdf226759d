/** How often a property is tried: a bounded number each time, more by `SLIPWAY_FUZZ_RUNS=100000 npm run test:fast`. */
export const fuzzRuns = { numRuns: Number(process.env.SLIPWAY_FUZZ_RUNS ?? 200) };
