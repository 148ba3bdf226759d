// @ts-check
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../src/cli/command.mjs";
import { consentIn } from "../src/cli/consent.mjs";
import { makeReady } from "../src/cli/program.mjs";
import { findProject } from "../src/cli/project.mjs";
import { Terminal } from "../src/cli/terminal.mjs";
import { PROGRAMS, SYSTEM } from "../src/rehearsal/programs.mjs";
import { FAULTS } from "./faults/list.mjs";
import { faultTable } from "./faults/table.mjs";

/**
 * Does to a host what may happen to it, and looks what becomes of it: node scripts/faults.mjs [NUMBER|NAME...] [--install]
 *
 * --list    says which faults there are
 * --table   prints the table of docs/faults.md
 *
 * Without a word all of them, as root on Linux: one rehearsed machine lives through most. Each has a control without what
 * heals it. Ends with 1 when one went wrong or did not run.
 *
 * @typedef {{ title: string, fullName: string, status: string, duration?: number | null, failureMessages?: string[] }} Assertion
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const NEEDED = { ...PROGRAMS, "docker-registry": "docker-registry", jq: "jq", nginx: "nginx" };
const words = process.argv.slice(2);
const asked = words.filter((word) => !word.startsWith("--"));

if (words.includes("--list")) {
  for (const { number, name, what } of FAULTS) console.log(`${String(number).padStart(2)} ${name.padEnd(16)} ${what}`);
} else if (words.includes("--table")) {
  process.stdout.write(faultTable());
} else {
  const unknown = asked.filter((word) => !FAULTS.some((fault) => isCalled(fault, word)));
  if (unknown.length > 0) {
    console.error(`no such fault: ${unknown.join(", ")}; --list says which there are`);
    process.exitCode = 2;
  } else await show(FAULTS.filter((fault) => asked.length === 0 || asked.some((word) => isCalled(fault, word))));
}

/**
 * @param {import("./faults/list.mjs").Fault} fault
 * @param {string} word
 */
function isCalled({ number, name }, word) {
  return word === name || word === String(number);
}

/** @param {readonly import("./faults/list.mjs").Fault[]} faults */
async function show(faults) {
  const terminal = new Terminal({ out: process.stdout, input: process.stdin, env: process.env });
  const { install } = consentIn(words);
  await makeReady(terminal, findProject(ROOT), { verb: "test", install, programs: NEEDED, system: SYSTEM });
  /** @type {Map<string, import("./faults/list.mjs").Shown[]>} */
  const files = new Map();
  for (const shown of faults.flatMap(({ shown }) => shown))
    files.set(shown.file, [...(files.get(shown.file) ?? []), shown]);
  /** @type {Map<string, Assertion[]>} */
  const outcomes = new Map();
  for (const [file, shown] of files) {
    await terminal.step(file, async () => {
      outcomes.set(file, await runFile(file, shown, (line) => terminal.note(line)));
    });
  }
  let wrong = 0;
  terminal.line("");
  for (const { number, name, what, shown, control } of faults) {
    const met = shown.flatMap(({ file, test }) => {
      const all = (outcomes.get(file) ?? []).filter(
        ({ title, status }) => title.startsWith(test) && status !== "pending",
      );
      return all.length > 0 ? all : [{ title: `${test} …`, fullName: test, status: "did not run" }];
    });
    const bad = met.filter(({ status }) => status !== "passed");
    if (bad.length > 0) wrong += 1;
    const seconds = met.reduce((sum, { duration }) => sum + (duration ?? 0), 0) / 1000;
    terminal.line(
      `${bad.length > 0 ? "✗" : "✓"} ${String(number).padStart(2)} ${name}: ${what} (${met.length} tests, ${seconds.toFixed(0)} s)`,
    );
    terminal.line(`     control: ${control}`);
    for (const { title, status, failureMessages = [] } of bad) {
      terminal.line(`     ${status}: ${title}`);
      for (const line of (failureMessages[0] ?? "").split("\n").slice(0, 12)) terminal.line(`       ${line}`);
    }
  }
  terminal.line(`${faults.length - wrong} of ${faults.length} faults are as they should be`);
  process.exitCode = wrong > 0 ? 1 : 0;
}

/**
 * @param {string} file
 * @param {readonly import("./faults/list.mjs").Shown[]} shown
 * @param {(line: string) => void} say
 * @returns {Promise<Assertion[]>}
 */
async function runFile(file, shown, say) {
  const folder = mkdtempSync(join(tmpdir(), "slipway-faults-"));
  try {
    const report = join(folder, "report.json");
    const pattern = shown.map(({ test }) => test.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const project = shown[0]?.project ?? "faults";
    const jest = ["--no-install", "jest", "--ci", "--selectProjects", project, "--runInBand", "--forceExit", "--json"];
    const rest = [
      `--outputFile=${report}`,
      "--testNamePattern",
      `(^| )(${pattern})`,
      "--runTestsByPath",
      `__tests__/${file}`,
    ];
    const onLine = (/** @type {string} */ line) => line.startsWith('{"num') || say(line);
    await run("npx", [...jest, ...rest], {
      cwd: ROOT,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
      onLine,
    });
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    return testResults.flatMap((/** @type {{ assertionResults: Assertion[] }} */ one) => one.assertionResults);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
