/**
 * How fast 1,000 paths are checked against 100 patterns, beside the npm libraries on the same inputs:
 * `node --import tsx bench/ignore.ts`. Prints a Markdown table; the contenders take turns in one process, ratios are
 * medians. Agreement counts paths that a library answers as we do, and we answer every upstream vector as Docker does.
 */
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { join } from "node:path";
import { DockerIgnore } from "../src/context/docker-ignore";
import { installOutside } from "./installed-outside";

const ROUNDS = Number(process.env.SLIPWAY_BENCH_ROUNDS ?? 15);
const IGNORE = ["ignore", "7.0.16"] as const;
const BALENA = ["@balena/dockerignore", "1.0.2"] as const;

type Check = (path: string) => boolean;
interface Contender {
  readonly name: string;
  readonly parse: (text: string) => Check;
}

const contenders: readonly Contender[] = [
  {
    name: "DockerIgnore",
    parse: (text) => {
      const ignore = DockerIgnore.parse(text);
      return (path) => ignore.ignores(path);
    },
  },
  {
    name: IGNORE.join(" "),
    parse: (text) => {
      const matcher = outside(IGNORE)().add(text);
      return (path) => matcher.ignores(path);
    },
  },
  {
    name: BALENA.join(" "),
    parse: (text) => {
      const matcher = outside(BALENA)().add(text);
      return (path) => matcher.ignores(path);
    },
  },
];

function outside([name, version]: readonly [string, string]): CallableFunction {
  const loaded = createRequire(join(installOutside(name, version), "package.json"))(name);
  return loaded.default ?? loaded;
}

/** 100 patterns as people write them: names, folders, suffixes anywhere, classes, exceptions. */
function ordinaryPatterns(): string {
  const shapes = [
    (i: number) => `folder-${i}`,
    (i: number) => `/build-${i}/`,
    (i: number) => `**/*.ext${i}`,
    (i: number) => `src/**/generated-${i}`,
    (i: number) => `docs-${i}/*.md`,
    (i: number) => `tmp?-${i}`,
    (i: number) => `[a-f]${i}-*`,
    (i: number) => `**/cache-${i}`,
    (i: number) => `packages/*/dist-${i}`,
    (i: number) => `!folder-${i - 9}/keep`,
  ];
  return Array.from({ length: 100 }, (_, i) => (shapes[i % shapes.length] as (i: number) => string)(i)).join("\n");
}

/** 1,000 paths, a third of which some pattern speaks of. */
function ordinaryPaths(): string[] {
  const shapes = [
    (i: number) => `src/module-${i}/index.ts`,
    (i: number) => `folder-${i % 100}/deep/er/file-${i}.js`,
    (i: number) => `packages/p-${i}/dist-${i % 100}/out.js`,
    (i: number) => `assets/images/photo-${i}.png`,
    (i: number) => `src/a/b/c/generated-${i % 100}/x.ts`,
    (i: number) => `lib/file-${i}.ext${i % 100}`,
    (i: number) => `README-${i}.md`,
    (i: number) => `test/unit/case-${i}.test.ts`,
    (i: number) => `docs-${i % 100}/page-${i}.md`,
    (i: number) => `a/very/deep/folder/with/many/parts/${i}/leaf`,
  ];
  return Array.from({ length: 1000 }, (_, i) => (shapes[i % shapes.length] as (i: number) => string)(i));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.trunc(values.length / 2)] ?? Number.NaN;
}

function milliseconds(task: () => void): number {
  const start = performance.now();
  task();
  return performance.now() - start;
}

const text = ordinaryPatterns();
const paths = ordinaryPaths();
const answers = contenders.map(({ parse }) => paths.map(parse(text)));
const times = contenders.map(() => ({ fresh: [] as number[], again: [] as number[] }));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [i, { parse }] of contenders.entries()) {
    let check: Check = () => false;
    times[i]?.fresh.push(
      milliseconds(() => {
        check = parse(text);
        for (const path of paths) check(path);
      }),
    );
    times[i]?.again.push(
      milliseconds(() => {
        for (const path of paths) check(path);
      }),
    );
  }
}

const [ours] = times;
console.log(`Node ${process.version}, ${cpus()[0]?.model}; 1,000 paths × 100 patterns, ${ROUNDS} rounds\n`);
console.log("| | read and check | ratio | check again | ratio | answers as we do |\n|---|---:|---:|---:|---:|---:|");
for (const [i, { name }] of contenders.entries()) {
  const { fresh, again } = times[i] as (typeof times)[number];
  const ratio = (all: readonly number[], base: readonly number[]) =>
    median(all.map((ms, n) => ms / (base[n] as number)));
  const same = answers[i]?.filter((answer, n) => answer === answers[0]?.[n]).length;
  const cells = [
    `${median(fresh).toFixed(2)} ms`,
    `${ratio(fresh, ours?.fresh ?? []).toFixed(2)}×`,
    `${median(again).toFixed(2)} ms`,
    `${ratio(again, ours?.again ?? []).toFixed(2)}×`,
    `${same} of ${paths.length}`,
  ];
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
