/**
 * What a rehearsed deploy of netflix-aws takes: its steps, from the boot to the application's own page, and the memory
 * of the machine. As root: `node --import tsx bench/rehearsal.ts`; SLIPWAY_BENCH_ROUNDS says how often.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");
const ROUNDS = Number(process.env.SLIPWAY_BENCH_ROUNDS ?? 3);

interface Report {
  readonly timings: readonly { readonly step: string; readonly seconds: number }[];
  readonly checks: readonly { readonly what: string; readonly ok: boolean; readonly seen: string }[];
  readonly memory: { readonly peakAnonymousMiB: number; readonly limitMiB: number };
}

function rehearse(): Report {
  const file = join(mkdtempSync(join(tmpdir(), "slipway-bench-")), "report.json");
  const words = [join(ROOT, "scripts/rehearse.mjs"), "netflix-aws", "--report", file];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return JSON.parse(readFileSync(file, "utf8")) as Report;
}

function median(values: readonly number[]): string {
  return ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number).toFixed(1);
}

const reports = Array.from({ length: ROUNDS }, rehearse);
const [first] = reports as [Report];
console.log("| step | seconds |\n|---|---|");
for (const { step } of first.timings) {
  const seconds = reports.map(({ timings }) => timings.find((timing) => timing.step === step)?.seconds ?? Number.NaN);
  console.log(`| ${step} | ${median(seconds)} |`);
}
const memory = median(reports.map((report) => report.memory.peakAnonymousMiB));
console.log(`| memory at the peak, of ${first.memory.limitMiB} MiB | ${memory} MiB |`);
