// @ts-check
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Apt } from "../src/cli/apt.mjs";
import { cacheFolder } from "../src/cli/cache-folder.mjs";
import { run } from "../src/cli/command.mjs";
import { makeReady } from "../src/cli/program.mjs";
import { findProject } from "../src/cli/project.mjs";
import { Terminal } from "../src/cli/terminal.mjs";
import { buildDockerEngine } from "../src/rehearsal/engine/docker-engine.mjs";
import { buildAwsProvider, configureAwsProvider } from "./engines/aws-provider.mjs";
import { CatsDeploy } from "./engines/cats-deploy.mjs";
import { AWS_PROVIDER, readCells, tableOf, USAGE } from "./engines/cells.mjs";
import { debianEngine } from "./engines/debian-engine.mjs";
import { withEngine } from "./engines/isolated-engine.mjs";
import { buildOpenTofu } from "./engines/opentofu.mjs";
import { PROGRAMS, SYSTEM } from "./engines/programs.mjs";

/** Runs a deploy on engines of other versions and prints what came of it; `--help` says which and how long it takes. */

/** @typedef {import("./engines/cells.mjs").Cell} Cell */
/** @typedef {import("./engines/cells.mjs").Outcome} Outcome */

/** What is rehearsed with another provider of Amazon's, besides `npm run rehearse`: the real tests of these names. */
const REHEARSALS = "rehearsal-(options|repositories|netflix)";
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const terminal = new Terminal({ out: process.stdout, input: process.stdin, env: process.env });
const log = terminal.note.bind(terminal);
const cacheDir = cacheFolder();
const kit = {
  cacheDir,
  run,
  log,
  install: async (/** @type {readonly string[]} */ packages) => Apt.find(terminal)?.install(packages),
};

try {
  if (process.argv.some((word) => word === "--help" || word === "-h")) console.log(USAGE);
  else await runAll(readCells(process.argv.slice(2)));
} catch (error) {
  terminal.fail(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** @param {ReturnType<typeof readCells>} asked */
async function runAll({ cells, aws, install }) {
  if (process.platform !== "linux" || process.getuid?.() !== 0)
    throw new Error("an engine in namespaces of its own needs root on Linux: run this by sudo");
  const needs = { verb: "test", install, programs: PROGRAMS, system: SYSTEM };
  const { machine } = await makeReady(terminal, findProject(ROOT), needs);
  const mirrors = machine.engine?.mirrors ?? [];
  /** @type {Outcome[]} */
  const outcomes = [];
  for (const cell of cells) {
    try {
      outcomes.push(await terminal.step(`${cell.name}: ${cell.about}`, () => runCell(cell, mirrors)));
    } catch (error) {
      terminal.fail(`${cell.name} failed: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    }
  }
  if (aws) await terminal.step(`${AWS_PROVIDER}: the rehearsals with hashicorp/aws 6`, rehearse);
  terminal.line("");
  terminal.summary();
  terminal.line("");
  if (outcomes.length > 0) terminal.line(tableOf(outcomes));
  if (outcomes.length < cells.length)
    terminal.fail(`${cells.length - outcomes.length} of ${cells.length} cells failed`);
}

/**
 * @param {Cell} cell
 * @param {readonly string[]} mirrors
 * @returns {Promise<Outcome>}
 */
async function runCell({ name, engine, store, tool }, mirrors) {
  const environment = tool === "opentofu" ? { TERRAFORM_BINARY_NAME: await buildOpenTofu(kit) } : {};
  const where =
    engine === "built"
      ? { programs: await buildDockerEngine(kit) }
      : engine === "machine"
        ? {}
        : { root: await debianEngine(engine, kit) };
  const configuration = store ? { features: { "containerd-snapshotter": true } } : {};
  return withEngine({ name: `cell-${name}`, cacheDir, ...where, configuration, mirrors, log }, async (engine) => {
    const deploy = new CatsDeploy(engine, environment, log);
    try {
      return await deploy.run();
    } finally {
      deploy.remove();
    }
  });
}

/** By the test command, which has the locks and the totals; what stands in for the registries is decided already. */
async function rehearse() {
  const mirror = await buildAwsProvider(kit);
  const configuration = join(cacheDir, "aws-provider.tfrc");
  configureAwsProvider(mirror, configuration);
  const env = { ...process.env, TF_CLI_CONFIG_FILE: configuration, SLIPWAY_OFFLINE: "0" };
  const words = [join(ROOT, "scripts/test.mjs"), "real", REHEARSALS];
  const { code } = await run(process.execPath, words, { cwd: ROOT, env, onLine: log });
  if (code !== 0) throw new Error(`the rehearsals with hashicorp/aws 6 ended with ${code}`);
}
