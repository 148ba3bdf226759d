import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The program that brings a host its agent, as user data has it: without the comments between its lines, which take room,
 * but indented as it is written, for it is read in EC2's console. What it rests on never changes, see docs/stage-zero.md.
 */
export function stageZero(): string {
  const lines = readFileSync(join(__dirname, "stage-zero.sh"), "utf8").split("\n");
  const head = lines.findIndex((line) => !line.startsWith("#"));
  return [...lines.slice(0, head), ...lines.slice(head).filter((line) => !/^\s*(?:# |$)/.test(line)), ""].join("\n");
}
