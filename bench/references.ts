/**
 * How fast image references are read, and how slow an unlucky text can get. Prints two Markdown tables.
 *
 *     npx tsx bench/references.ts [FOLDER]
 *
 * FOLDER holds a node_modules with @swimlane/docker-reference (no dependency of ours), to be measured on the same inputs.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { ImageReference, ImageReferenceError } from "../src/values/image-reference.ts";

const RUNS = 7;
const LIMIT_SECONDS = 10;
const LONG = 16_000;
const PEER = "@swimlane/docker-reference";

/** 10,000 names as people write them: official, Docker Hub, other registries, ECR; bare, tagged, pinned. */
function ordinaryReferences(): string[] {
  const prefixes = [
    "",
    "team/",
    "ghcr.io/team/",
    "registry.example.com:5000/a/b/",
    `${"1".repeat(12)}.dkr.ecr.eu-west-1.amazonaws.com/`,
  ];
  const suffixes = [
    "",
    ":1.4.2",
    `@sha256:${"0123456789abcdef".repeat(4)}`,
    `:1.4.2-slim@sha256:${"fedcba9876543210".repeat(4)}`,
  ];
  return Array.from({ length: 10_000 }, (_, i) => {
    const [prefix, suffix] = [prefixes[i % prefixes.length], suffixes[Math.trunc(i / 5) % suffixes.length]];
    return `${prefix}netflix-movie-catalog-${i}${suffix}`;
  });
}

/** Texts of 16,000 characters: each fragment again and again, between each beginning and each end. */
function* unluckyTexts(): Generator<string> {
  const beginnings = [
    "",
    "docker.io/",
    "a:",
    "a@",
    "a@sha256:",
    "[",
    " ",
    "https://",
    "x.io:5000/a:1@",
    "hub.docker.com/r/",
  ];
  const fragments =
    "a A 0 . - _ __ -- / : @ [ é İ $ a/ a. a- a_ a: a@ @a: :// a:// :a: @sha256:a @sha256:a: :sha256:a [:: a.a/ A/ f @f @a+a".split(
      " ",
    );
  const ends = ["", "!", " ", "@", ":", "/", "A", `@sha256:${"a".repeat(64)}`];
  for (const beginning of beginnings) {
    for (const fragment of [...fragments, " ", "\n", "docker pull "]) {
      for (const end of ends) {
        const length = LONG - beginning.length - end.length;
        yield beginning + fragment.repeat(Math.ceil(length / fragment.length)).slice(0, length) + end;
      }
    }
  }
}

function milliseconds(task: () => void): number {
  const start = performance.now();
  task();
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.trunc(values.length / 2)] ?? Number.NaN;
}

/** Reads `text`, refused or not; anything but our own refusal is a defect and ends the run. */
function read(text: string): void {
  try {
    ImageReference.parse(text);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
  }
}

function ours(texts: readonly string[]): number {
  return median(Array.from({ length: RUNS }, () => milliseconds(() => texts.forEach(read))));
}

/** The peer in a process of its own, which can be ended: a regular expression that hangs cannot be stopped from inside. */
function peer(folder: string, texts: readonly string[]): string {
  const script = `
    const { parseFamiliarName } = require(${JSON.stringify(createRequire(join(folder, "package.json")).resolve(PEER))});
    const texts = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const times = [];
    for (let run = 0; run < ${RUNS}; run++) {
      const start = performance.now();
      for (const text of texts) try { parseFamiliarName(text).toString(); } catch {}
      times.push(performance.now() - start);
    }
    console.log(times.sort((a, b) => a - b)[${Math.trunc(RUNS / 2)}]);`;
  const child = spawnSync(process.execPath, ["-e", script], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    timeout: LIMIT_SECONDS * 1000,
  });
  if (child.error) return `over ${LIMIT_SECONDS} s`;
  return child.status === 0
    ? `${Number(child.stdout).toFixed(2)} ms`
    : `failed: ${child.stderr.trim().split("\n").at(-1)}`;
}

const folder = process.argv[2] && resolve(process.argv[2]);
const ecr = `${"1".repeat(12)}.dkr.ecr.eu-west-1.amazonaws.com`;
const rows: [string, string[]][] = [
  ["10,000 ordinary references", ordinaryReferences()],
  ["one ECR name with a `+` in its tag", [`${ecr}/netflixmoviecatalogue/availability-agent:1.4.2+build`]],
  ["one ECR name with a truncated digest", [`${ecr}/netflixmoviecatalogueservice@sha256:0123`]],
];

console.log(`| parsing, median of ${RUNS} | ours | ${PEER} |\n|---|---|---|`);
for (const [what, texts] of rows) {
  console.log(
    `| ${what} | ${ours(texts).toFixed(2)} ms | ${folder ? peer(folder, texts) : "not measured: no FOLDER"} |`,
  );
}

const times = [...unluckyTexts()].map((text) => {
  read(text);
  return {
    text,
    time: Math.min(
      milliseconds(() => read(text)),
      milliseconds(() => read(text)),
    ),
  };
});
times.sort((a, b) => b.time - a.time);
console.log(`\n| ${times.length} unlucky texts of ${LONG} characters | ours |\n|---|---|`);
console.log(`| median | ${median(times.map(({ time }) => time)).toFixed(2)} ms |`);
console.log(`| slowest, ${JSON.stringify(times[0]?.text.slice(0, 24))}… | ${times[0]?.time.toFixed(2)} ms |`);
