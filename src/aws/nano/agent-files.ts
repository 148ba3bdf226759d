import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostFiles } from "./host-files.ts";
import type { ArchivedFile } from "./ustar.ts";

const AGENT = join(__dirname, "agent");
const ROLLOUT = join(__dirname, "../../rollout");
const LIB = "lib/slipway";

/** Folders of shell files and where they stand in the agent's; its own lie beside what every kind of host shares. */
const FOLDERS: readonly (readonly [string, string])[] = [
  [join(AGENT, "sbin"), "sbin"],
  [join(AGENT, LIB), LIB],
  [ROLLOUT, LIB],
  [join(ROLLOUT, "probes"), `${LIB}/probes`],
];
const IS_SHELL = /^(?:slipway|.*\.(?:jq|sh))$/;
const PROGRAM = "slipway";

/** The agent's shell files as they were written. */
export function hostAgentSources(): ArchivedFile[] {
  return FOLDERS.flatMap(([folder, path]) =>
    readdirSync(folder)
      .filter((name) => IS_SHELL.test(name))
      .sort()
      .map((name) => ({
        path: `${path}/${name}`,
        permissions: name === PROGRAM ? "0755" : "0644",
        content: readFileSync(join(folder, name), "utf8"),
      })),
  );
}

/** All of the agent's files as a host gets them: a document is small, so what only readers need stays at home. */
export function hostAgentFiles(): ArchivedFile[] {
  return [...hostAgentSources().map((file) => ({ ...file, content: withoutComments(file.content) })), ...hostFiles()];
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
