// @ts-check
import { fileURLToPath } from "node:url";

/**
 * How people use the package, one cell a way: which files of project/ they have, what configures them, and the programs
 * that must end well. What a cell synthesizes is compared with what all the others do, to the byte.
 *
 * @typedef {object} Cell
 * @property {string} name
 * @property {"all" | "without-aws" | "cdktn"} packages what is installed beside slipway
 * @property {readonly string[]} files of project/ besides the application and the lockfile
 * @property {Readonly<Record<string, object | string>>} [config] further files: JSON, or the file that is copied
 * @property {readonly Step[]} steps
 * @property {readonly string[]} [stacks] what the steps synthesize
 * @property {true} [slow] not among the tests, but in `node scripts/consumer.mjs`
 *
 * @typedef {object} Step
 * @property {readonly string[]} run Node's arguments; a word such as `typescript/bin/tsc` after `bin:` is a program of an installed package
 * @property {RegExp} [says] what it must print
 * @property {RegExp} [never] what it must not print
 * @property {number} [code] how it must end. @default 0
 */

/** What `cdktf init` writes, of the version that this repository has. */
const INITIALISED = fileURLToPath(
  new URL("../../node_modules/cdktf-cli/bundle/templates/typescript/tsconfig.json", import.meta.url),
);
const BOTH = ["cloud", "local"];
const OPTIONS = { strict: true, target: "es2022", outDir: "out", rootDir: ".", skipLibCheck: true };
/** What the README tells users of Jest. */
export const JEST = { testEnvironment: "node", modulePathIgnorePatterns: ["<rootDir>/cdktf.out"] };
const SWC = {
  transform: { "^.+\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" } }] },
};
const PASSES = /Tests: +1 passed, 1 total/;
const COLLIDES = /Haste module naming collision/;

/** @param {object} [options] */
const tsconfig = (options) => ({ compilerOptions: { ...OPTIONS, ...options }, files: ["main.ts"] });
const MODULE = { private: true, type: "module" };
const tsc5 = { run: ["bin:typescript/bin/tsc", "-p", "."] };
const tsc7 = { run: ["bin:typescript-7/bin/tsc", "-p", "."] };
const compiled = { run: ["out/main.js"] };
const tsx = { run: ["--import", "tsx", "main.ts"] };
const jests = { run: ["bin:jest/bin/jest.js", "--ci"], says: PASSES, never: COLLIDES };

/**
 * One that compiles, and runs what came of it.
 * @param {string} name
 * @param {Step} compiler
 * @param {object} options of the compiler
 * @param {object} [manifest] package.json
 * @returns {Cell}
 */
const compiling = (name, compiler, options, manifest = { private: true }) => ({
  name,
  packages: "all",
  files: ["main.ts"],
  config: { "tsconfig.json": tsconfig(options), "package.json": manifest },
  steps: [compiler, /** @type {{ noEmit?: boolean }} */ (options).noEmit ? tsx : compiled],
  stacks: BOTH,
});

/** @param {Cell} cell @returns {Cell} */
const slow = (cell) => ({ ...cell, slow: true });

/** @type {readonly Cell[]} */
export const CELLS = [
  compiling("TypeScript 5.9, node10, compiled to CommonJS", tsc5, { module: "commonjs", moduleResolution: "node10" }),
  compiling("TypeScript 5.9, node16, compiled to CommonJS", tsc5, { module: "node16" }),
  compiling("TypeScript 5.9, nodenext, compiled to ESM", tsc5, { module: "nodenext" }, MODULE),
  compiling("TypeScript 5.9, bundler, run by tsx", tsc5, { module: "preserve", noEmit: true }, MODULE),
  compiling("TypeScript 7, node16, compiled to CommonJS", tsc7, { module: "node16" }),
  compiling("TypeScript 7, bundler, run by tsx", tsc7, { module: "preserve", noEmit: true }),
  slow(compiling("TypeScript 7, nodenext, compiled to ESM", tsc7, { module: "nodenext" }, MODULE)),
  slow(compiling("TypeScript 5.9, libraries checked too", tsc5, { module: "node16", skipLibCheck: false })),
  slow(compiling("TypeScript 7, libraries checked too", tsc7, { module: "node16", skipLibCheck: false })),
  {
    name: "the tsconfig.json of cdktf init, TypeScript 5.9 and ts-node",
    packages: "all",
    files: ["main.ts"],
    config: { "tsconfig.json": INITIALISED },
    steps: [{ run: ["bin:ts-node/dist/bin.js", "main.ts"] }],
    stacks: BOTH,
  },
  {
    name: "the tsconfig.json of cdktf init, ts-jest",
    packages: "all",
    files: ["page.test.ts"],
    config: { "tsconfig.json": INITIALISED, "jest.config.json": { ...JEST, preset: "ts-jest" } },
    steps: [jests],
  },
  {
    name: "Jest with swc, after a synth",
    packages: "all",
    files: ["main.ts", "page.test.ts"],
    config: { "jest.config.json": { ...JEST, ...SWC }, "collides.json": { testEnvironment: "node", ...SWC } },
    // The last one shows that the first could have met a collision.
    steps: [tsx, jests, { run: [...jests.run, "--config", "collides.json"], says: COLLIDES }],
    stacks: BOTH,
  },
  {
    name: "Vitest, types too",
    packages: "all",
    files: ["vitest.test.ts"],
    config: {
      "package.json": MODULE,
      "tsconfig.json": { ...tsconfig({ module: "preserve", noEmit: true }), files: ["vitest.test.ts"] },
    },
    steps: [tsc7, { run: ["bin:vitest/vitest.mjs", "run"], says: /Tests +1 passed/ }],
  },
  {
    ...compiling("cdktn, TypeScript 5.9, compiled to CommonJS", tsc5, {
      module: "commonjs",
      moduleResolution: "node10",
    }),
    packages: "cdktn",
    stacks: [],
  },
  {
    name: "without provider-aws, compiled to CommonJS",
    packages: "without-aws",
    files: ["local.ts"],
    config: { "tsconfig.json": { ...tsconfig({ module: "node16" }), files: ["local.ts"] } },
    steps: [tsc5, { run: ["out/local.js"] }],
    stacks: ["local"],
  },
  {
    name: "without provider-aws, compiled to ESM",
    packages: "without-aws",
    files: ["local.ts"],
    config: { "tsconfig.json": { ...tsconfig({ module: "nodenext" }), files: ["local.ts"] }, "package.json": MODULE },
    steps: [tsc7, { run: ["out/local.js"] }],
    stacks: ["local"],
  },
  {
    name: "without provider-aws, Node's own runner",
    packages: "without-aws",
    files: ["page.test.mjs"],
    steps: [{ run: ["--test", "page.test.mjs"], says: /pass 2\n.*fail 0\n/s }],
  },
  {
    name: "without provider-aws, slipway/aws says so",
    packages: "without-aws",
    files: [],
    steps: ['require("slipway/aws")', 'import("slipway/aws")'].map((script) => ({
      run: ["-e", script],
      says: /^Error: slipway\/aws needs the package @cdktf\/provider-aws: npm install @cdktf\/provider-aws$/m,
      code: 1,
    })),
  },
];
