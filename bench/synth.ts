/**
 * How long a cold synth takes and how much memory, as whole processes in turn: `node --import tsx bench/synth.ts`.
 * Prints a table; the ratios are medians of pairs of one run, so that a machine that drifts does not decide.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installOutside } from "./installed-outside.ts";

const ROUNDS = Number(process.env.SLIPWAY_BENCH_ROUNDS ?? 9);
const ROOT = resolve(__dirname, "..");
const CDK_VERSION = "2.276.0";

interface Program {
  readonly name: string;
  readonly file: string;
  readonly rounds: number;
}
interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

const work = mkdtempSync(join(tmpdir(), "slipway-bench-"));
const report = join(work, "report.cjs");
writeFileSync(
  report,
  `process.on("exit", () => require("node:fs").writeSync(2, "PEAK " + process.resourceUsage().maxRSS + "\\n"));`,
);
symlinkSync(join(ROOT, "stacks"), join(work, "stacks"));
writeFileSync(join(work, "slipway.lock.json"), JSON.stringify({ version: 1, images: pins() }));

function pins(): Record<string, string> {
  const names = ["nginx:1.27.3", "registry:2.8.3", "python:3.12.8-slim-bookworm"];
  return Object.fromEntries(names.map((name) => [`docker.io/library/${name}`, `sha256:${"0".repeat(64)}`]));
}

function run(program: Program): Run {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--require", report, "--import", require.resolve("tsx"), program.file],
    {
      cwd: work,
      encoding: "utf8",
      env: {
        ...process.env,
        SLIPWAY_LOCKFILE: join(work, "slipway.lock.json"),
        SLIPWAY_BENCH_OUT: join(work, "cdk.out"),
        SLIPWAY_BENCH_ROOT: ROOT,
      },
    },
  );
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const peak = /PEAK (\d+)/.exec(stderr)?.[1];
  if (status !== 0 || peak === undefined) throw new Error(`${program.name}: ${stderr}`);
  return { seconds, megabytes: Number(peak) / 1024 };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}

const cdk = join(installOutside("aws-cdk-lib", CDK_VERSION, ["constructs@10.8.1"]), "aws-cdk.cjs");
spawnSync("cp", [join(__dirname, "programs/aws-cdk.cjs"), cdk]);

const cats: Program = { name: "`cats`", file: join(__dirname, "programs/cats.ts"), rounds: ROUNDS };
const others: Program[] = [
  { name: "empty CDKTF app", file: join(__dirname, "programs/empty.ts"), rounds: ROUNDS },
  { name: "AWS CDK, comparable pipeline", file: cdk, rounds: Math.ceil(ROUNDS / 3) },
  {
    name: "package-root imports, the same resources",
    file: join(__dirname, "programs/package-root.ts"),
    rounds: Math.ceil(ROUNDS / 3),
  },
];

console.log("| cold synth | seconds | MB | cats against it: time | memory |\n|---|---|---|---|---|");
for (const other of others) {
  run(cats);
  run(other);
  const pairs = Array.from({ length: other.rounds }, () => ({ ours: run(cats), theirs: run(other) }));
  const row = (pick: (run: Run) => number, digits: number) => ({
    theirs: median(pairs.map(({ theirs }) => pick(theirs))).toFixed(digits),
    ours: median(pairs.map(({ ours }) => pick(ours))).toFixed(digits),
    ratio: median(pairs.map(({ ours, theirs }) => pick(ours) / pick(theirs))).toFixed(2),
  });
  const time = row(({ seconds }) => seconds, 2);
  const memory = row(({ megabytes }) => megabytes, 0);
  console.log(
    `| ${other.name} | ${time.theirs} (cats ${time.ours}) | ${memory.theirs} (cats ${memory.ours}) | ${time.ratio}× | ${memory.ratio}× |`,
  );
}
