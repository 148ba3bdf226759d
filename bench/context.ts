/**
 * How long a content id takes beside a bare read-and-hash loop, a stat of the tree and AWS CDK's fingerprint, and how
 * long staging takes: `node --import tsx bench/context.ts`. Prints Markdown tables. A contender and what it is compared
 * with take turns in one process, so that a machine that drifts does not decide; the ratios are medians of those pairs.
 */
import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  closeSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { BuildContext } from "../src/context/build-context.ts";
import { installOutside } from "./installed-outside.ts";

const ROUNDS = Number(process.env.SLIPWAY_BENCH_ROUNDS ?? 3);
const CDK = ["aws-cdk-lib", "2.276.0"] as const;
const SETTLED_MS = 2500;
const SHORTEST_MS = 1000;
const LONGEST_MS = 5000;
const FEWEST_PAIRS = 3;
const MOST_PAIRS = 200;

/** What a process of its own reports. */
interface Report {
  /** Milliseconds of the contender and of its base, in turn. */
  readonly pairs: readonly (readonly [contender: number, base: number])[];
  /** Milliseconds of the contender's first run, in a process that has run nothing else. */
  readonly first: number;
  /** That process's peak resident memory, in MB. */
  readonly megabytes: number;
}

interface Prepared {
  /** Not measured. */
  readonly before?: () => void;
  readonly run: () => unknown;
}

interface Contender {
  readonly name: string;
  readonly ready: (directory: string) => Prepared;
}

const BARE = "bare loop: list, readFileSync, one SHA-256";
const EACH = "bare loop: list, readFileSync, a SHA-256 for each file";
const PIECES = "bare loop: list, readSync into one buffer, one SHA-256";
const COPY = "plain copy: cpSync";
const STAT = "stat of the tree: list, lstat";
const CONTENDERS: readonly Contender[] = [
  { name: BARE, ready: (directory) => ({ run: () => bareLoop(directory) }) },
  { name: EACH, ready: (directory) => ({ run: () => bareLoopForEach(directory) }) },
  { name: PIECES, ready: (directory) => ({ run: () => bareLoopInPieces(directory) }) },
  {
    name: "content id, nothing remembered",
    ready: (directory) => ({ before: forget, run: () => BuildContext.open(directory).contentId() }),
  },
  {
    name: "AWS CDK fingerprint, nothing cached",
    ready: (directory) => ({ before: forgetCdk, run: fingerprint(directory) }),
  },
  { name: STAT, ready: (directory) => ({ run: () => statLoop(directory) }) },
  {
    name: "content id, nothing changed",
    ready: (directory) => {
      BuildContext.open(directory).contentId();
      return { run: () => BuildContext.open(directory).contentId() };
    },
  },
  {
    name: "AWS CDK fingerprint, nothing changed",
    ready: (directory) => {
      const run = fingerprint(directory);
      run();
      return { run };
    },
  },
  {
    name: COPY,
    ready: (directory) => ({
      before: () => removeStaged(directory),
      run: () => cpSync(directory, staged(directory), { recursive: true }),
    }),
  },
  {
    name: "staging",
    ready: (directory) => {
      const context = BuildContext.open(directory, { remember: false });
      context.contentId();
      return {
        before: () => removeStaged(directory),
        run: () => context.stage(staged(directory)),
      };
    },
  },
  {
    name: "staging what is staged already",
    ready: (directory) => {
      const context = BuildContext.open(directory, { remember: false });
      context.stage(staged(directory));
      return { run: () => context.stage(staged(directory)) };
    },
  },
];

function paths(directory: string): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) visit(`${folder}/${entry.name}`);
      else found.push(`${folder}/${entry.name}`);
    }
  };
  visit(directory);
  return found;
}

function bareLoop(directory: string): string {
  const hash = createHash("sha256");
  for (const path of paths(directory)) hash.update(readFileSync(path));
  return hash.digest("hex");
}

function bareLoopForEach(directory: string): string[] {
  return paths(directory).map((path) => createHash("sha256").update(readFileSync(path)).digest("hex"));
}

const piece = Buffer.allocUnsafeSlow(256 * 1024);

function bareLoopInPieces(directory: string): string {
  const hash = createHash("sha256");
  for (const path of paths(directory)) {
    const file = openSync(path, "r");
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
    closeSync(file);
  }
  return hash.digest("hex");
}

function statLoop(directory: string): void {
  for (const path of paths(directory)) lstatSync(path);
}

function forget(): void {
  rmSync(process.env.SLIPWAY_CACHE_DIR as string, { recursive: true, force: true });
}

function forgetCdk(): void {
  rmSync(join(process.env.HOME as string, ".cdk"), { recursive: true, force: true });
}

function fingerprint(directory: string): () => string {
  const { FileSystem } = createRequire(join(process.env.SLIPWAY_BENCH_CDK as string, "package.json"))(CDK[0]);
  return () => FileSystem.fingerprint(directory);
}

function removeStaged(directory: string): void {
  rmSync(staged(directory), { recursive: true, force: true });
}

function staged(directory: string): string {
  return `${directory}-staged`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.trunc(values.length / 2)] ?? Number.NaN;
}

function once({ before, run }: Prepared): number {
  before?.();
  const start = performance.now();
  run();
  return performance.now() - start;
}

function inTurn(contender: Contender, base: Contender, directory: string, times: number): Report["pairs"] {
  const [prepared, preparedBase] = [contender.ready(directory), base.ready(directory)];
  once(prepared);
  once(preparedBase);
  const began = performance.now();
  const pairs: (readonly [number, number])[] = [];
  const isEnough = (elapsed: number): boolean =>
    elapsed > LONGEST_MS ? pairs.length >= FEWEST_PAIRS : pairs.length >= (elapsed > SHORTEST_MS ? times : MOST_PAIRS);
  while (!isEnough(performance.now() - began)) {
    pairs.push([once(prepared), once(preparedBase)]);
  }
  return pairs;
}

function named(name: string): Contender {
  return CONTENDERS.find((contender) => contender.name === name) as Contender;
}

function plantSmall(directory: string): void {
  for (let i = 0; i < 10_000; i += 1) {
    const folder = join(directory, `folder-${i % 100}`);
    if (i < 100) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file-${i}.txt`), randomBytes(2000));
  }
}

function plantLarge(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const megabyte = randomBytes(1_000_000);
  for (let i = 0; i < 8; i += 1) {
    const file = openSync(join(directory, `file-${i}.bin`), "w");
    for (let written = 0; written < 125; written += 1) {
      megabyte.writeUInt32BE(i * 1000 + written);
      writeSync(file, megabyte);
    }
    closeSync(file);
  }
}

function child(words: readonly string[], home: string, cdk: string): string {
  const env = { ...process.env, HOME: home, SLIPWAY_CACHE_DIR: join(home, "cache"), SLIPWAY_BENCH_CDK: cdk };
  const all = ["--import", "tsx", __filename, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
  return stdout;
}

function table(title: string, directory: string, bare: string, times: number, cdk: string): string[] {
  const home = `${directory}-home`;
  const row = ({ name }: Contender): string => {
    const base = /nothing changed|^stat/.test(name) ? STAT : /^staging|^plain/.test(name) ? COPY : bare;
    const alone = Array.from(
      { length: ROUNDS },
      () => JSON.parse(child(["--alone", name, directory], home, cdk)) as Report,
    );
    const pairs = Array.from({ length: ROUNDS }, () => {
      return JSON.parse(child(["--in-turn", name, base, directory, String(times)], home, cdk)) as Report["pairs"];
    }).flat();
    const cells = [
      `${median(pairs.map(([contender]) => contender)).toPrecision(3)} ms`,
      `${median(pairs.map(([contender, other]) => contender / other)).toFixed(2)}×`,
      `${median(alone.map(({ first }) => first)).toPrecision(3)} ms`,
      `${Math.max(...alone.map(({ megabytes }) => megabytes)).toFixed(0)} MB`,
    ];
    return `| ${name} | ${base.split(" ")[0]} | ${cells.join(" | ")} |`;
  };
  return [
    `### ${title}`,
    "",
    `bare: "${bare}"; stat: "${STAT}"; plain: "${COPY}".`,
    "",
    "| | beside | time | ratio | first run of a process | its peak memory |",
    "|---|---|---:|---:|---:|---:|",
    ...CONTENDERS.map(row),
    "",
  ];
}

function main(): void {
  const [flag, name, ...rest] = process.argv.slice(2);
  if (flag === "--alone") {
    const first = once(named(name as string).ready(rest[0] as string));
    process.stdout.write(JSON.stringify({ first, megabytes: process.resourceUsage().maxRSS / 1024 }));
  } else if (flag === "--in-turn") {
    const [base, directory, times] = rest as [string, string, string];
    process.stdout.write(JSON.stringify(inTurn(named(name as string), named(base), directory, Number(times))));
  } else compareAll();
}

function compareAll(): void {
  const cdk = installOutside(...CDK, ["constructs@10.8.1"]);
  const work = mkdtempSync(join(tmpdir(), "slipway-bench-context-"));
  try {
    console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}\n`);
    for (const [title, plant, bare, times] of [
      ["10,000 files of 2 kB", plantSmall, BARE, 9],
      ["1 GB in 8 files", plantLarge, PIECES, 3],
    ] as const) {
      const directory = join(work, "tree");
      plant(directory);
      writeFileSync(join(directory, "Dockerfile"), "FROM scratch\n");
      spawnSync("sync");
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETTLED_MS);
      for (const line of table(title, directory, bare, times, cdk)) console.log(line);
      rmSync(directory, { recursive: true });
      rmSync(staged(directory), { recursive: true, force: true });
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

main();
