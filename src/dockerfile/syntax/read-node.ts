import { Refusal } from "../dockerfile-error.ts";
import type { EscapeCharacter } from "./directives.ts";
import { fromBytes, isSpace, lowerCase, splitBlanks, toBytes } from "./go-text.ts";
import { readAssignments, readJsonArray, splitCommandLine, splitWords } from "./instruction-words.ts";
import type { SyntaxNode } from "./syntax-node.ts";

type Arguments = Pick<SyntaxNode, "args" | "json" | "trigger">;
type ArgumentReader = (rest: string, escapeMark: EscapeCharacter) => Arguments;

/** How each instruction's words are cut; an unknown one keeps none. */
const READERS: ReadonlyMap<string, ArgumentReader> = new Map<string, ArgumentReader>([
  ["add", readJsonOrWords],
  ["arg", (rest, escapeMark) => words(splitWords(rest, escapeMark))],
  ["cmd", readJsonOrText],
  ["copy", readJsonOrWords],
  ["entrypoint", readJsonOrText],
  ["env", (rest, escapeMark) => readPairs(rest, "ENV", escapeMark)],
  ["expose", readPlainWords],
  ["from", readPlainWords],
  ["healthcheck", readHealthCheck],
  ["label", (rest, escapeMark) => readPairs(rest, "LABEL", escapeMark)],
  ["maintainer", readText],
  ["onbuild", readTrigger],
  ["run", readJsonOrText],
  ["shell", readJsonOrText],
  ["stopsignal", readText],
  ["user", readText],
  ["volume", readJsonOrWords],
  ["workdir", readText],
]);

/** Cuts an instruction's joined line into words. @throws Refusal where BuildKit's parser refuses it */
export function readNode(line: string, escapeMark: EscapeCharacter): SyntaxNode {
  const { keyword, flags, rest } = splitCommandLine(line, escapeMark);
  const read = READERS.get(lowerCase(keyword));
  return { keyword, flags, ...(read ? read(rest, escapeMark) : words([""])) };
}

function words(args: readonly string[]): Arguments {
  return { args, json: false };
}

function readText(rest: string): Arguments {
  return words(rest === "" ? [] : [rest]);
}

function readPlainWords(rest: string): Arguments {
  return words(rest === "" ? [] : splitBlanks(rest));
}

function readJsonOrText(rest: string): Arguments {
  const array = readJsonArray(rest);
  return array ? { args: array, json: true } : readText(rest);
}

function readJsonOrWords(rest: string): Arguments {
  const array = readJsonArray(rest);
  return array ? { args: array, json: true } : readPlainWords(rest);
}

function readPairs(rest: string, keyword: string, escapeMark: EscapeCharacter): Arguments {
  const pairs = readAssignments(rest, keyword, escapeMark);
  return words(pairs.flatMap(({ name, value, legacy }) => [name, value, legacy ? "" : "="]));
}

/** The kind, then a command; like flags, the kind is cut off byte by byte. */
function readHealthCheck(rest: string): Arguments {
  const bytes = toBytes(rest);
  let end = 0;
  while (end < bytes.length && !isSpace(bytes.charAt(end))) end++;
  if (end === 0) return words([]);
  let next = end;
  while (next < bytes.length && isSpace(bytes.charAt(next))) next++;
  const command = readJsonOrText(fromBytes(bytes.slice(next)));
  return { args: [fromBytes(bytes.slice(0, end)), ...command.args], json: command.json };
}

function readTrigger(rest: string, escapeMark: EscapeCharacter): Arguments {
  if (rest === "") return words([]);
  const { keyword } = splitCommandLine(rest, escapeMark);
  if (lowerCase(keyword) === "onbuild") throw new Refusal("ONBUILD takes no ONBUILD", keyword);
  const trigger = readNode(rest, escapeMark);
  return { args: [trigger.keyword, ...trigger.args], json: false, trigger };
}
