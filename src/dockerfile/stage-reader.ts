import type { BuildFault } from "./conversion/build-fault.ts";
import { settleEpoch } from "./conversion/epoch.ts";
import { StageConversion, type StageStart } from "./conversion/stage-conversion.ts";
import { DockerfileError } from "./dockerfile-error.ts";
import { type BaseImage, externalImage } from "./image-config.ts";
import type { From, Onbuild } from "./instructions/instruction.ts";
import { Stage } from "./stage.ts";
import { place, readAll, type Statement } from "./statement.ts";
import { VariableScope } from "./variable-scope.ts";

/** What is known of a build before its stages are read. */
export interface StageReading {
  readonly escapeMark: string;
  readonly predefined: ReadonlyMap<string, string | undefined>;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** A file's stages and the variables that they start from. */
export interface StageList {
  readonly stages: readonly Stage[];
  /** The scope before the first FROM. */
  readonly global: VariableScope;
  /** The same without the values that were given with the build. */
  readonly defaults: VariableScope;
  /** What the ARG before the first FROM fail at. */
  readonly globalFaults: readonly BuildFault[];
  /** The time that was asked for, if one was. */
  readonly epoch?: string;
}

/** Divides `statements` at each FROM and works out what every stage starts from and does. */
export function readStages(statements: readonly Statement[], reading: StageReading): StageList {
  const { escapeMark, predefined, buildArgs } = reading;
  const first = statements.findIndex(({ keyword }) => keyword === "FROM");
  const above = statements.slice(0, first);
  const given = new Map(Object.entries(buildArgs));
  const globalFaults: BuildFault[] = [];
  const global = VariableScope.global(predefined, given);
  declareAll(above, global, escapeMark, globalFaults);
  const defaults = VariableScope.global(
    new Map([...predefined].map(([name, value]) => [name, given.get(name) ?? value])),
    new Map(),
  );
  declareAll(above, defaults, escapeMark, []);

  const epoch = settleEpoch(global, given);
  const stages: Stage[] = [];
  const byName = new Map<string, Stage>();
  for (let at = first; at < statements.length; ) {
    const head = statements[at++];
    if (head?.keyword !== "FROM") break;
    const start = at;
    while (at < statements.length && statements[at]?.keyword !== "FROM") at++;
    const instructions = statements.slice(start, at);
    const stage = readStage({ index: stages.length, from: head, instructions, byName, global, escapeMark });
    stages.push(stage);
    if (stage.name !== undefined) byName.set(stage.name, stage);
  }
  return { stages, global, defaults, globalFaults, ...(epoch === undefined ? {} : { epoch }) };
}

function declareAll(above: readonly Statement[], scope: VariableScope, escapeMark: string, faults: BuildFault[]): void {
  for (const it of above) {
    if (it.keyword !== "ARG") continue;
    for (const { name, value } of it.args) {
      const problem = scope.declare(name, value, escapeMark)?.problem;
      if (problem !== undefined) faults.push({ rule: "SW1004", line: it.range.start, reason: problem });
    }
  }
}

interface StageHead {
  readonly index: number;
  readonly from: Statement<From>;
  readonly instructions: readonly Statement[];
  readonly byName: ReadonlyMap<string, Stage>;
  readonly global: VariableScope;
  readonly escapeMark: string;
}

function readStage({ index, from, instructions, byName, global, escapeMark }: StageHead): Stage {
  const { base, parent } = readBase(from, byName, global, escapeMark);
  const scope = VariableScope.ofStage(
    parent?.conversion.scope ?? (base.kind === "scratch" ? "scratch" : "image"),
    global,
  );
  const fresh: StageStart = {
    scope,
    hasWorkdir: false,
    hasShell: false,
    declared: new Set(),
    ...(base.kind === "scratch" ? { workdir: "/" } : {}),
  };
  const conversion = new StageConversion(parent?.conversion.startAbove(scope) ?? fresh, global, escapeMark);
  const triggered: Statement[] = [];
  for (const it of parent?.instructions ?? []) {
    if (it.keyword !== "ONBUILD") continue;
    const trigger = readTriggered(it, from);
    if (trigger) triggered.push(trigger);
    else conversion.fail("SW1060", from, "the stage below has a trigger that is no instruction");
  }
  for (const it of triggered) conversion.take(it);
  for (const it of instructions) conversion.take(it);
  return new Stage({ index, from, instructions, triggered, base, conversion, ...(parent ? { parent } : {}) });
}

/** The instruction inside `it` as a stage that builds upon its own runs it: the builder reads its text anew. */
function readTriggered(it: Statement<Onbuild>, from: Statement<From>): Statement | undefined {
  const text = [
    it.source.replace(/^\s*ONBUILD\s*/i, ""),
    ...it.heredocs.flatMap(({ content, name }) => content + name),
  ];
  try {
    const [statement, ...more] = readAll(text.join("\n"));
    if (statement === undefined || more.length > 0) return undefined;
    if (["FROM", "ONBUILD", "MAINTAINER"].includes(statement.keyword)) return undefined;
    return place(statement, { ...statement, startLine: from.range.start, endLine: from.range.end, pieces: [] });
  } catch (error) {
    if (error instanceof DockerfileError) return undefined;
    throw error;
  }
}

function readBase(
  from: Statement<From>,
  byName: ReadonlyMap<string, Stage>,
  global: VariableScope,
  escapeMark: string,
): { base: BaseImage; parent?: Stage } {
  const { image: written, range } = from;
  const line = range.start;
  const name = global.expand(written, escapeMark);
  const platform = from.platform && (global.expand(from.platform, escapeMark) ?? from.platform);
  const parent = name === undefined ? undefined : byName.get(name);
  if (parent) return { base: { kind: "stage", written, line, stage: parent.index }, parent };
  if (name === "scratch") return { base: { kind: "scratch", written, line } };
  return { base: externalImage(line, written, name, platform) };
}
