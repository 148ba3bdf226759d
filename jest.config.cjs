// @ts-check

/** What every kind of test has: TypeScript by swc, and nothing of what was built or synthesized. */
const shared = {
  testEnvironment: "node",
  transform: {
    "^.+\\.(ts|mjs)$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  modulePathIgnorePatterns: ["<rootDir>/cdktf.out", "<rootDir>/lib"],
};

/** Temporary folders of a run, which go with it. */
const temporary = {
  globalSetup: "<rootDir>/__tests__/setup/temporary-folder.cjs",
  globalTeardown: "<rootDir>/__tests__/setup/remove-temporary-folder.cjs",
};

/** @type {import("jest").Config} */
module.exports = {
  testTimeout: 30_000,
  testSequencer: "<rootDir>/__tests__/setup/slowest-first.cjs",
  projects: [
    {
      ...shared,
      ...temporary,
      displayName: "fast",
      moduleNameMapper: { "^archiver$": "<rootDir>/__tests__/setup/no-archives.cjs" },
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["\\.fault\\.test\\.ts$", "\\.real\\.test\\.ts$", "\\.vectors\\.test\\.ts$"],
    },
    {
      ...shared,
      ...temporary,
      displayName: "vectors",
      testMatch: ["<rootDir>/__tests__/vectors/**/*.vectors.test.ts"],
    },
    { ...shared, displayName: "real", testMatch: ["<rootDir>/__tests__/real/**/*.real.test.ts"] },
    { ...shared, displayName: "faults", testMatch: ["<rootDir>/__tests__/faults/**/*.fault.test.ts"] },
  ],
};
