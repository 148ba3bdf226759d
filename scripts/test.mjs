// @ts-check
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Apt } from "../src/cli/apt.mjs";
import { cacheFolder } from "../src/cli/cache-folder.mjs";
import { run } from "../src/cli/command.mjs";
import { consentIn } from "../src/cli/consent.mjs";
import { duration } from "../src/cli/duration.mjs";
import { makeReady } from "../src/cli/program.mjs";
import { findProject } from "../src/cli/project.mjs";
import { Terminal } from "../src/cli/terminal.mjs";
import { withLock } from "../src/offline/images/lock.mjs";
import { BUILT_ENGINE, buildDockerEngine } from "../src/rehearsal/engine/docker-engine.mjs";
import * as rehearsal from "../src/rehearsal/programs.mjs";
import { withEngine } from "./engines/isolated-engine.mjs";
import * as namespaces from "./engines/programs.mjs";
import { LaneOutput } from "./lane-output.mjs";
import { filesForNewerEngine, lanesOf } from "./test-lanes.mjs";
import { comparedIn, slowestOf, sumOf, totalsOf } from "./test-report.mjs";

/**
 * Runs the whole test suite, or the parts that are named: node scripts/test.mjs [check] [fast] [vectors] [real] [--install]
 * Further words are patterns for Jest. The last line is always `N passed, N failed`.
 *
 * - check: types, format and lint
 * - fast: what needs Node only
 * - vectors: upstream's own cases, from the folder that SLIPWAY_VECTORS names; they are not part of the project
 * - real: the real programs, a real deploy, and the rehearsal of an AWS host. Docker and Terraform are installed as for `up`;
 *   other programs that this machine has not are unpacked into the cache and not installed.
 *   The deploy is proved on a newer Docker Engine too, which is built from source once and kept in the cache
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PARTS = ["check", "fast", "vectors", "real"];
/** Parts of one line run side by side: vectors wait for an answer that comes after more than a minute. */
const STEPS = [["check"], ["fast", "vectors"], ["real"]];
/** A rehearsal makes networks and machines, a second engine namespaces. CI must have a machine that can, and fails where it has not. */
const REHEARSES = Boolean(process.env.CI) || (process.platform === "linux" && process.getuid?.() === 0);
const REHEARSED =
  "(/roll|isolated-engine|swarm-host|host-agent|multi-platform|review-page|rehearsal-(doubles|stage|netflix|options|package|repositories))[^/]*\\.real\\.test\\.ts$";
/** The programs that the tests talk to, besides Docker and Terraform, with their Debian packages. */
const PROGRAMS = {
  ...(REHEARSES ? { ...rehearsal.PROGRAMS, ...namespaces.PROGRAMS } : {}),
  busybox: "busybox",
  "cloud-init": "cloud-init",
  curl: "curl",
  "docker-registry": "docker-registry",
  jq: "jq",
  nginx: "nginx",
  shellcheck: "shellcheck",
  "systemd-analyze": "systemd",
  wget: "wget",
};
/** Of these, those that only the machine itself can have. */
const SYSTEM = REHEARSES ? { ...rehearsal.SYSTEM, ...namespaces.SYSTEM } : {};

const JEST = ["--no-install", "jest", "--ci"];

/** @typedef {import("./test-report.mjs").Totals} Totals */

/** What the real part is prepared with is not for the rest, which must come out the same on every machine. */
const { SLIPWAY_LOCKFILE: _, TF_CLI_CONFIG_FILE: __, ...plain } = process.env;
const terminal = new Terminal({ out: process.stdout, input: process.stdin, env: process.env });
/** @type {Totals} */
const sum = { passed: 0, failed: 0, notes: [] };
/** @type {Totals[]} */
const ended = [];

const { install, rest: words } = consentIn(process.argv.slice(2));
const named = PARTS.filter((part) => words.includes(part));
const patterns = words.filter((word) => !PARTS.includes(word));
const parts = named.length > 0 ? named : PARTS.filter((part) => part !== "vectors" || process.env.SLIPWAY_VECTORS);

/** @type {readonly string[]} */
let mirrors = [];

try {
  const real = parts.includes("real");
  const { machine } = await makeReady(terminal, findProject(ROOT), {
    verb: real ? "test" : "check",
    install,
    ...(real ? { programs: PROGRAMS, system: SYSTEM } : {}),
  });
  plain.PATH = process.env.PATH;
  mirrors = machine.engine?.mirrors ?? [];
  for (const step of STEPS.map((step) => step.filter((part) => parts.includes(part))))
    if (step.length > 0) await tell(step);
} catch (error) {
  sum.failed += 1;
  terminal.fail(`the tests could not run: ${error instanceof Error ? error.message : error}`);
}

const { tests = [], files = [] } = sumOf(ended);
for (const [what, all] of /** @type {const} */ ([
  ["tests", tests],
  ["files", files],
])) {
  if (all.length === 0) continue;
  terminal.line("");
  terminal.line(`the slowest ${what}:`);
  for (const line of slowestOf(all, duration)) terminal.line(line);
}
terminal.line("");
terminal.summary();
for (const note of sum.notes) terminal.note(note);
if (parts.includes("real") && !REHEARSES)
  terminal.note(
    `rehearsal: NOT RUN, nor the host's agent, nor the review's page in a browser, nor the deploy on Docker Engine ${BUILT_ENGINE}: these need root on Linux (sudo npm test)`,
  );
if (!parts.includes("vectors"))
  terminal.note("vectors: NOT COMPARED, for SLIPWAY_VECTORS names no folder with upstream's cases");
terminal.line(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 ? 1 : 0;

/** @param {readonly string[]} step */
async function tell(step) {
  /** @param {string} part */
  const work = (part) => (part === "check" ? check() : part === "real" ? real() : sideBySide(part, step.length));
  const outcomes = await terminal.step(`test: ${step.join(", ")}`, () => Promise.all(step.map(work)));
  for (const [at, part] of step.entries()) {
    const totals = /** @type {Totals} */ (outcomes[at]);
    const { passed, failed, notes } = totals;
    ended.push(totals);
    sum.passed += passed;
    sum.failed += failed;
    sum.notes.push(...[`${passed} passed, ${failed} failed`, ...notes].map((note) => `${part}: ${note}`));
  }
}

/**
 * @param {string} part
 * @param {number} count of what runs side by side
 * @returns {Promise<Totals>}
 */
async function sideBySide(part, count) {
  const args = ["--maxWorkers=100%", ...patterns];
  if (count === 1) return jest(part, args, (line) => terminal.note(line));
  const output = new LaneOutput(part, (text) => terminal.note(text));
  return jest(part, args, (line) => output.add(line)).finally(() => output.flush());
}

/**
 * Two runs on one engine would meet in names and ports, so one waits for the other.
 * @returns {Promise<Totals>}
 */
function real() {
  const folder = cacheFolder();
  mkdirSync(folder, { recursive: true });
  const say = () => terminal.note("another run of these tests has the engine: waiting for it");
  return withLock(join(folder, "engine-tests.lock"), say, async () => {
    const left = REHEARSES ? [] : ["--testPathIgnorePatterns", REHEARSED];
    const list = [...JEST, "--selectProjects", "real", ...left, "--listTests", "--json", ...patterns];
    const { code, stdout, stderr } = await run("npx", list, { cwd: ROOT, env: environment("real") });
    if (code !== 0) throw new Error(`jest --listTests ended with ${code}\n${stderr.trim()}`);
    const lanes = lanesOf(JSON.parse(stdout));
    const totals = lanes.map(([lane, files]) => inLane(lane, files));
    const again = REHEARSES ? filesForNewerEngine(lanes.flatMap(([, files]) => files)) : [];
    if (again.length > 0) totals.push(onNewerEngine(again));
    return sumOf(await Promise.all(totals));
  });
}

/**
 * @param {string} lane
 * @param {readonly string[]} files
 * @param {import("./engines/isolated-engine.mjs").IsolatedEngine} [engine]
 */
function inLane(lane, files, engine) {
  const output = new LaneOutput(lane, (text) => terminal.note(text));
  // A handle that a failing real test leaves open must not keep the run from its end.
  const args = ["--runInBand", "--forceExit", "--runTestsByPath", ...files];
  return jest("real", args, (line) => output.add(line), engine).finally(() => output.flush());
}

/**
 * An engine that cannot be had fails the tests that would have run on it: nothing is left out unseen.
 * @param {readonly string[]} files
 * @returns {Promise<Totals>}
 */
async function onNewerEngine(files) {
  const lane = `engine ${BUILT_ENGINE}`;
  const log = (/** @type {string} */ text) => terminal.note(`${lane} | ${text}`);
  const cacheDir = cacheFolder();
  try {
    const install = async (/** @type {readonly string[]} */ packages) => Apt.find(terminal)?.install(packages);
    const programs = await buildDockerEngine({ cacheDir, run, log, install });
    return await withEngine({ name: "tests", cacheDir, programs, mirrors, log }, (engine) =>
      inLane(lane, files, engine),
    );
  } catch (error) {
    log(`could not run: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, notes: [`Docker Engine ${BUILT_ENGINE} was not to be had`] };
  }
}

/** @returns {Promise<Totals>} */
async function check() {
  const outcomes = await Promise.all([
    run("npx", ["--no-install", "tsc", "--noEmit"], { cwd: ROOT, onLine: (line) => terminal.note(line) }),
    run("npx", ["--no-install", "biome", "check", "."], { cwd: ROOT }),
  ]);
  const [, biome] = outcomes;
  if (biome?.code) terminal.note(biome.stdout + biome.stderr);
  const failed = outcomes.filter(({ code }) => code !== 0).length;
  return { passed: outcomes.length - failed, failed, notes: [] };
}

/** @param {string} part */
function environment(part) {
  return { ...(part === "real" ? process.env : plain), NO_COLOR: "1", FORCE_COLOR: "0" };
}

/**
 * @param {string} part
 * @param {readonly string[]} more of Jest's arguments
 * @param {(line: string) => void} say
 * @param {import("./engines/isolated-engine.mjs").IsolatedEngine} [engine] in whose namespaces the tests run
 * @returns {Promise<Totals>}
 */
async function jest(part, more, say, engine) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-test-"));
  try {
    const file = join(folder, "report.json");
    const args = [...JEST, "--selectProjects", part, "--json", `--outputFile=${file}`, ...more];
    /** @type {string[]} */
    const lines = [];
    const onLine = (/** @type {string} */ line) => {
      lines.push(line);
      if (!line.startsWith('{"num')) say(line);
    };
    const env = { ...environment(part), ...engine?.environment };
    const [program, words] = engine ? engine.inside("npx", args) : ["npx", args];
    const { code } = await run(program, words, { cwd: ROOT, env, onLine });
    const totals = totalsOf(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined, code);
    if (part === "vectors") totals.notes.push(`${comparedIn(lines)} of upstream's cases compared`);
    return totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
