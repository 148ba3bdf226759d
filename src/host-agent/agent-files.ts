import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hostFiles } from "./host-files.ts";
import type { ArchivedFile } from "./ustar.ts";

const ROLLOUT = join(__dirname, "../rollout");
const SIGNING = join(__dirname, "../docker/signing");
const LIB = "lib/slipway";

/** Folders of shell files and where they stand in the agent's; its own lie beside what every kind of host shares. */
const FOLDERS: readonly (readonly [string, string])[] = [
  [join(__dirname, "sbin"), "sbin"],
  [join(__dirname, LIB), LIB],
  [ROLLOUT, LIB],
  [SIGNING, LIB],
  [join(ROLLOUT, "probes"), `${LIB}/probes`],
];
const IS_SHELL = /^(?:slipway|.*\.(?:jq|sh))$/;
const PROGRAM = "slipway";
/** A line of the program that reads a part. */
const READ = /^\. "\$PARTS\/(.*)"\n/gm;
/** The file of a packed agent that has all parts which its program reads. */
export const JOINED_PARTS = "parts.sh";

/**
 * What the agent asks of a kind of machine, a part each: where the ledger and the secrets are (`aws.sh`), where the data
 * of services lies, and whom it tells how full it is.
 */
export const KIND_PARTS = ["aws.sh", "data-volume.sh", "usage.sh"] as const;

/** What makes the agent that of one kind of host. */
export interface AgentKind {
  /** The folder with the kind's {@link KIND_PARTS}. */
  readonly parts: string;
  /** What it puts onto its host beside what every kind does. @default - nothing */
  readonly files?: readonly ArchivedFile[];
}

/** The agent's shell files as they were written. */
export function agentSources({ parts }: AgentKind): ArchivedFile[] {
  const shared = FOLDERS.flatMap(([folder, path]) =>
    readdirSync(folder)
      .filter((name) => IS_SHELL.test(name))
      .sort()
      .map((name) => source(join(folder, name), path)),
  );
  return [...shared, ...KIND_PARTS.map((name) => source(join(parts, name), LIB))];
}

/** All of the agent's files as a host gets them: they travel with each release, so what only readers need stays at home. */
export function agentFiles(kind: AgentKind): ArchivedFile[] {
  const sources = agentSources(kind).map((file) => ({ ...file, content: withoutComments(file.content) }));
  return [...withJoinedParts(sources), ...hostFiles(), ...(kind.files ?? [])];
}

/**
 * The parts that the program reads as one file, in its order. Why: the names, sums and gaps of forty small files are a
 * thirteenth of what a document with the agent holds, and AWS takes only so much.
 */
function withJoinedParts(files: readonly ArchivedFile[]): ArchivedFile[] {
  const program = files.find(({ path }) => path === `sbin/${PROGRAM}`) as ArchivedFile;
  const names = [...program.content.matchAll(READ)].map(([, name]) => name as string);
  const parts = names.map((name) => files.find(({ path }) => path === `${LIB}/${name}`) as ArchivedFile);
  const rest = files.filter((file) => file !== program && !parts.includes(file));
  const content = program.content.replace(READ, (_, name) => (name === names[0] ? `. "$PARTS/${JOINED_PARTS}"\n` : ""));
  const joined = parts.map((part) => part.content).join("");
  return [{ ...program, content }, { path: `${LIB}/${JOINED_PARTS}`, permissions: "0644", content: joined }, ...rest];
}

function source(file: string, folder: string): ArchivedFile {
  const name = basename(file);
  const permissions = name === PROGRAM ? "0755" : "0644";
  return { path: `${folder}/${name}`, permissions, content: readFileSync(file, "utf8") };
}

/**
 * Shell text without its lines of comments and its indentation. A program keeps the comment at its beginning, which it
 * prints as its usage. No text of ours continues over lines where either counts.
 */
export function withoutComments(text: string): string {
  const lines = text.split("\n");
  const head = text.startsWith("#!") ? lines.findIndex((line) => !line.startsWith("#")) : 0;
  const body = lines.slice(head).filter((line) => !/^\s*(?:#|$)/.test(line));
  return `${[...lines.slice(0, head), ...body.map((line) => line.trimStart())].join("\n")}\n`;
}
