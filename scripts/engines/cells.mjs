// @ts-check
import { consentIn } from "../../src/cli/consent.mjs";

/**
 * One combination that a deploy is run on.
 *
 * @typedef {object} Cell
 * @property {string} name as it is asked for
 * @property {"machine" | "trixie" | "sid" | "built"} engine this machine's own dockerd, that of a newer Debian, or Docker
 *   Engine 29 built from source
 * @property {"containerd"} [store] asked for where it is not what the engine takes by itself
 * @property {"opentofu"} [tool] in place of Terraform
 * @property {string} about for people
 */

/** @type {readonly Cell[]} */
export const CELLS = [
  { name: "machine", engine: "machine", about: "this machine's own dockerd, 20.10 on Debian 12" },
  { name: "26.1", engine: "trixie", about: "Debian 13's, with the graph driver" },
  { name: "26.1-containerd", engine: "trixie", store: "containerd", about: "the same with the containerd image store" },
  { name: "28.5", engine: "sid", about: "Debian unstable's, with the graph driver" },
  { name: "28.5-containerd", engine: "sid", store: "containerd", about: "the same with the containerd image store" },
  { name: "29", engine: "built", about: "built from source, with the containerd image store" },
  { name: "tofu", engine: "built", tool: "opentofu", about: "the same with OpenTofu 1.10" },
];

/** What is run besides deploys, and only when it is named. */
export const AWS_PROVIDER = "aws6";

const NAMES = [...CELLS.map(({ name }) => name), AWS_PROVIDER];

export const USAGE = `usage: node scripts/engines.mjs [${NAMES.join(" | ")}] ... [--install]

Deploys the cats stack on engines of other versions, each in namespaces of its own, as root on Linux: up, a second plan,
one byte changed while requests run, down. Every cell but ${AWS_PROVIDER} when none is named. It ends with a table.

${CELLS.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`).join("\n")}
  ${AWS_PROVIDER.padEnd(16)} the rehearsals with hashicorp/aws 6.47, built from source: half an hour the first time

What has to be made is made once and kept in the cache: Docker Engine 29 takes some six minutes of one processor, OpenTofu
five, a Debian three. A cell takes one to three minutes.`;

/**
 * What a command line asks for.
 * @param {readonly string[]} words
 * @returns {{ cells: readonly Cell[], aws: boolean, install: boolean }}
 * @throws when a word is none of the names
 */
export function readCells(words) {
  const { install, rest: named } = consentIn(words);
  for (const word of named) {
    if (!NAMES.includes(word)) throw new Error(`cell must be one of ${NAMES.join(", ")}, got ${word}\n\n${USAGE}`);
  }
  const cells = named.length === 0 ? CELLS : CELLS.filter(({ name }) => named.includes(name));
  return { cells, aws: named.includes(AWS_PROVIDER), install };
}

/**
 * What came of a cell, each field as the table has it.
 * @typedef {Readonly<Record<"engine" | "store" | "provider" | "tool" | "up" | "plan" | "roll" | "down", string>>} Outcome
 */

/** @type {readonly [keyof Outcome, string][]} */
const COLUMNS = [
  ["engine", "engine"],
  ["store", "store"],
  ["provider", "kreuzwerker/docker"],
  ["tool", "by"],
  ["up", "up"],
  ["plan", "second plan"],
  ["roll", "one byte, requests ok/failed"],
  ["down", "down"],
];

/**
 * The table in Markdown.
 * @param {readonly Outcome[]} outcomes
 */
export function tableOf(outcomes) {
  const rows = outcomes.map((outcome) => COLUMNS.map(([field]) => outcome[field]));
  return [COLUMNS.map(([, title]) => title), COLUMNS.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n")
    .replace(/^\| --- .*$/m, (line) => line.replaceAll(" ", ""));
}
