/**
 * How long a cold synth takes and how much memory, as whole processes in turn: `node --import tsx bench/synth.ts`.
 * Prints a table; the ratios are medians of pairs of one run, so that a machine that drifts does not decide.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { compare, type Program, installedProgram as program } from "./cold-synth.ts";
import { installOutside } from "./installed-outside.ts";

const ROUNDS = Number(process.env.SLIPWAY_BENCH_ROUNDS ?? 9);
const CDK_VERSION = "2.276.0";

const cdk = join(installOutside("aws-cdk-lib", CDK_VERSION, ["constructs@10.8.1"]), "aws-cdk.cjs");
spawnSync("cp", [join(__dirname, "programs/aws-cdk.cjs"), cdk]);

const cats: Program = { name: "`cats`", file: program("cats.ts") };
const others: readonly (Program & { readonly rounds: number })[] = [
  { name: "empty CDKTF app", file: program("empty.ts"), rounds: ROUNDS },
  { name: "AWS CDK, comparable pipeline", file: cdk, rounds: Math.ceil(ROUNDS / 3) },
  {
    name: "package-root imports, the same resources",
    file: program("package-root.ts"),
    rounds: Math.ceil(ROUNDS / 3),
  },
];

console.log("| cold synth | seconds | MB | cats against it: time | memory |\n|---|---|---|---|---|");
for (const other of others) {
  const { seconds, megabytes } = compare(cats, other, other.rounds);
  console.log(
    `| ${other.name} | ${seconds.theirs.toFixed(2)} (cats ${seconds.ours.toFixed(2)}) | ${megabytes.theirs.toFixed(0)} (cats ${megabytes.ours.toFixed(0)}) | ${seconds.ratio.toFixed(2)}× | ${megabytes.ratio.toFixed(2)}× |`,
  );
}
