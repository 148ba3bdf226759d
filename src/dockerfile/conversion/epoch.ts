import type { Stage } from "../stage.ts";
import { readInteger } from "../syntax/go-text.ts";
import type { VariableScope } from "../variable-scope.ts";
import type { BuildFault } from "./build-fault.ts";
import { sourceKind } from "./convert-transfer.ts";

const NAME = "SOURCE_DATE_EPOCH";

/** A file's stages and the scope before the first FROM. */
interface EpochSubject {
  readonly stages: readonly Stage[];
  /** As the build was given it, or the file's own default; nothing where nobody set it. */
  readonly epoch?: string;
  readonly escapeMark: string;
}

/**
 * Gives the stages the time as plain seconds, and no time where it is drawn from the context or a stage.
 * @param given the values given with the build
 * @returns the time that was asked for, if one was
 */
export function settleEpoch(global: VariableScope, given: Map<string, string>): string | undefined {
  const epoch = given.get(NAME) ?? (global.get(NAME) || undefined);
  if (epoch === undefined) return undefined;
  const seconds = readInteger(epoch);
  if (seconds === undefined) {
    given.delete(NAME);
    global.forget(NAME);
    return epoch;
  }
  if (given.has(NAME)) given.set(NAME, String(seconds));
  if (global.has(NAME)) global.assign(NAME, String(seconds));
  return epoch;
}

/** Why the build fails at the time that it was given. */
export function epochFault({ stages, epoch, escapeMark }: EpochSubject): BuildFault | undefined {
  if (epoch === undefined || epoch === "" || epoch === "context" || readInteger(epoch) !== undefined) return undefined;
  const stage = stages.find(({ name }) => name !== undefined && name === epoch.toLowerCase());
  const fault = (line: number, reason: string) => ({ rule: "SW1063", line, reason: `${NAME}: ${reason}` });
  if (!stage)
    return fault(stages[0]?.from.range.start ?? 1, `${epoch} is no time in seconds, no stage and not context`);
  const line = stage.from.range.start;
  const { base, instructions, conversion } = stage;
  const adds = instructions.filter((it) => it.keyword === "ADD");
  const [add] = adds;
  const plain = base.kind === "scratch" && instructions.every(({ keyword }) => keyword === "ARG" || keyword === "ADD");
  if (!plain || !add || adds.length > 1) return fault(line, "the stage must be FROM scratch with one ADD");
  const [source = ""] = add.sources;
  const text = conversion.scope.read(source, escapeMark).text ?? "https:";
  const remote = add.sources.length === 1 && add.files.length === 0 && sourceKind(text).kind !== "path";
  return remote ? undefined : fault(line, "the stage must add one source that is downloaded");
}
