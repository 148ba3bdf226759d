import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");

/** A program that synthesizes, run as a process of its own. */
export interface Program {
  readonly name: string;
  readonly file: string;
  /** Variables that tell it how much to declare. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What one run took. */
export interface Run {
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
install();

/** A program of the bench's own, as somebody's project has it: the package that it imports is the compiled one. */
export function installedProgram(name: string): string {
  return join(work, "programs", name);
}

/** Puts the compiled package below a project's node_modules. Why: so it is loaded by whoever uses it. */
function install(): void {
  const { status } = spawnSync(process.execPath, [join(ROOT, "scripts/build.mjs")], { stdio: "inherit" });
  if (status !== 0) throw new Error("the package does not compile");
  const modules = join(work, "node_modules");
  mkdirSync(modules);
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name !== "slipway") symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  cpSync(join(ROOT, "lib"), join(modules, "slipway/lib"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(modules, "slipway/package.json"));
  mkdirSync(join(work, "programs"));
  const programs = readdirSync(join(__dirname, "programs")).map((name) => join(__dirname, "programs", name));
  for (const file of [...programs, join(ROOT, "stacks/cats.ts")]) {
    const name = file.startsWith(join(ROOT, "stacks")) ? "cats-stack.ts" : basename(file);
    const text = readFileSync(file, "utf8")
      .replace(/"(?:\.\.\/)+src\/index\.ts"/g, '"slipway"')
      .replace(/"(?:\.\.\/)+src\/aws\/index\.ts"/g, '"slipway/aws"')
      .replace(/"(?:\.\.\/)+stacks\/cats\.ts"/g, '"./cats-stack.ts"');
    writeFileSync(join(work, "programs", name), text);
  }
}

/** Runs `program` cold, by tsx, and measures the whole process. @throws when it fails */
export function coldRun({ name, file, env }: Program): Run {
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--require", report, "--import", require.resolve("tsx"), file],
    {
      cwd: work,
      encoding: "utf8",
      env: {
        ...process.env,
        SLIPWAY_LOCKFILE: join(ROOT, "slipway.lock.json"),
        SLIPWAY_BENCH_OUT: join(work, "cdk.out"),
        SLIPWAY_BENCH_ROOT: ROOT,
        ...env,
      },
    },
  );
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  const peak = /PEAK (\d+)/.exec(stderr)?.[1];
  if (status !== 0 || peak === undefined) throw new Error(`${name}: ${stderr}`);
  return { seconds, megabytes: Number(peak) / 1024 };
}

/** What two programs take of one resource, and the ratio of the first to the second, as medians over pairs of runs. */
export interface Comparison {
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: number;
}

/** Runs two programs in turn, so that a machine that drifts does not decide. */
export function compare(ours: Program, theirs: Program, rounds: number): Record<keyof Run, Comparison> {
  coldRun(ours);
  coldRun(theirs);
  const pairs = Array.from({ length: rounds }, () => ({ ours: coldRun(ours), theirs: coldRun(theirs) }));
  const of = (pick: keyof Run): Comparison => ({
    ours: median(pairs.map((pair) => pair.ours[pick])),
    theirs: median(pairs.map((pair) => pair.theirs[pick])),
    ratio: median(pairs.map((pair) => pair.ours[pick] / pair.theirs[pick])),
  });
  return { seconds: of("seconds"), megabytes: of("megabytes") };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
