import { Platform } from "../../values/platform.ts";
import { readReference } from "../image-config.ts";
import type { Stage } from "../stage.ts";
import type { Statement } from "../statement.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import { cutAtBlank, splitBlanks } from "../syntax/go-text.ts";
import { placeWords } from "../syntax/instruction-words.ts";
import type { VariableScope } from "../variable-scope.ts";
import type { BuildWarning } from "./build-fault.ts";
import { commentsThatCount } from "./check-options.ts";
import { isPlatform } from "./predefined.ts";

/** What the checks need to know of the file besides its stages. */
export interface WarningSubject {
  readonly instructions: readonly Statement[];
  readonly stages: readonly Stage[];
  readonly escapeMark: EscapeCharacter;
  /** The scope before the first FROM. */
  readonly global: VariableScope;
  /** The same without the values that are given with the build. */
  readonly defaults: VariableScope;
}

/** What BuildKit's checks warn of before they look into a stage, whether the build needs it or not. */
export function fileWarnings(subject: WarningSubject): BuildWarning[] {
  const { instructions, stages, escapeMark } = subject;
  const warnings: BuildWarning[] = [];
  for (const it of instructions) {
    const warn = (check: string, comments = it.comments) => warnings.push({ check, line: it.range.start, comments });
    for (const _ of it.emptyContinuations) warn("NoEmptyContinuation", []);
    if (it.keyword === "MAINTAINER") warn("MaintainerDeprecated");
    if (describesOther(it)) {
      const check = "InvalidDefinitionDescription";
      warnings.push({ check, line: it.range.start, comments: it.comments, experimental: true });
    }
    if (it.keyword !== "FROM" || it.as === undefined) continue;
    const [, as = "", name = ""] = splitBlanks(it.source.slice(placeWords(it.source, escapeMark).rest).trim());
    const keyword = keywordOf(it);
    const lower = keyword === keyword.toLowerCase();
    const upper = keyword === keyword.toUpperCase();
    if (name !== name.toLowerCase()) warn("StageNameCasing");
    if ((lower || upper) && as !== (lower ? as.toLowerCase() : as.toUpperCase())) warn("FromAsCasing");
  }
  const above = instructions.slice(
    0,
    instructions.findIndex(({ keyword }) => keyword === "FROM"),
  );
  const named = new Set(above.flatMap((it) => (it.keyword === "ARG" ? it.args.map(({ name }) => name) : [])));
  const ofStages = stages.flatMap((stage) => ofFrom(stage, named, subject));
  return [...warnings, ...casing(instructions), ...stageNames(stages), ...ofStages];
}

/** Whether the comment above an argument or a stage starts with another word than its name. */
function describesOther(it: Statement): boolean {
  const names = it.keyword === "ARG" ? it.args.map(({ name }) => name) : [];
  if (it.keyword === "FROM" && it.as !== undefined) names.push(it.as);
  const [word] = commentsThatCount(it.comments).at(-1)?.text.split(" ") ?? [];
  return names.length > 0 && word !== undefined && !names.includes(word);
}

function keywordOf({ source }: Statement): string {
  return cutAtBlank(source.trimStart())[0];
}

/** The ARG before the first FROM are not asked. */
function casing(instructions: readonly Statement[]): BuildWarning[] {
  const asked = instructions.slice(instructions.findIndex(({ keyword }) => keyword === "FROM"));
  const words = asked.map(keywordOf);
  const lower = words.filter((word) => word === word.toLowerCase()).length;
  const upper = words.filter((word) => word !== word.toLowerCase() && word === word.toUpperCase()).length;
  return asked.flatMap((it, index) => {
    const word = words[index] ?? "";
    const meant = lower > upper ? word.toLowerCase() : word.toUpperCase();
    return word === meant
      ? []
      : [{ check: "ConsistentInstructionCasing", line: it.range.start, comments: [], got: word }];
  });
}

function stageNames(stages: readonly Stage[]): BuildWarning[] {
  const seen = new Set<string>();
  return stages.flatMap(({ name, from }) => {
    if (name === undefined) return [];
    const checks = ["scratch", "context"].includes(name) ? ["ReservedStageName"] : [];
    if (seen.has(name)) checks.push("DuplicateStageName");
    seen.add(name);
    return checks.map((check) => ({ check, line: from.range.start, comments: [], got: name }));
  });
}

function ofFrom({ from, name }: Stage, named: ReadonlySet<string>, subject: WarningSubject): BuildWarning[] {
  const { escapeMark, global, defaults } = subject;
  const warnings: BuildWarning[] = [];
  const line = from.range.start;
  const warn = (check: string, comments = from.comments, got?: string) =>
    warnings.push({ check, line, comments, ...(got === undefined ? {} : { got }) });

  const unset = (word: string) => {
    const read = global.read(word, escapeMark);
    for (const variable of read.unset) if (!named.has(variable)) warn("UndefinedArgInFrom", from.comments, variable);
    return read;
  };
  unset(from.image);
  const usual = defaults.read(from.image, escapeMark);
  if (usual.text !== undefined && !readReference(usual.text)) warn("InvalidDefaultArgInFrom", []);

  if (from.platform === undefined) return warnings;
  const platform = unset(from.platform);
  if (platform.used.size === 1 && platform.unset.size === 0 && platform.used.has("TARGETPLATFORM")) {
    if (/^\$(TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(from.platform)) warn("RedundantTargetPlatform");
    else if (platform.text !== undefined && platform.text === global.get("TARGETPLATFORM"))
      warn("RedundantTargetPlatform");
  }
  if (platform.used.size > 0 || platform.unset.size > 0 || platform.text === undefined) return warnings;
  if (!isPlatform(platform.text)) return warnings;
  const parts = platform.text.replace(/\(.*?\)/, "").split("/");
  const [os = "", architecture = ""] = parts.length > 1 ? parts : ["linux", ...parts];
  const fixed = Platform.custom(os, architecture);
  const said = [fixed.os, fixed.architecture].some((part) => (name ?? "").includes(part));
  if (!said) warn("FromPlatformFlagConstDisallowed");
  return warnings;
}
