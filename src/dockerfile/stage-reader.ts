import { type BaseImage, externalImage } from "./image-config.ts";
import type { From } from "./instructions/instruction.ts";
import { Stage } from "./stage.ts";
import type { Statement } from "./statement.ts";
import { VariableScope } from "./variable-scope.ts";

/** Divides `statements` at each FROM and works out what every stage starts from. */
export function readStages(
  statements: readonly Statement[],
  escapeMark: string,
  buildArgs?: Readonly<Record<string, string>>,
): Stage[] {
  const global = VariableScope.global(buildArgs);
  const stages: Stage[] = [];
  const byName = new Map<string, Stage>();
  let at = 0;
  for (let head = statements[at]; head !== undefined; head = statements[at]) {
    at++;
    if (head.keyword === "ARG") {
      for (const { name, value } of head.args) global.declare(name, value, escapeMark);
    }
    if (head.keyword !== "FROM") continue;
    const start = at;
    while (at < statements.length && statements[at]?.keyword !== "FROM") at++;
    const instructions = statements.slice(start, at);
    const { base, parent } = readBase(head, byName, global, escapeMark);
    const scope = VariableScope.ofStage(parent?.scope ?? (base.kind === "scratch" ? "scratch" : "image"), global);
    const expanded = new Map<Statement, (string | undefined)[]>();
    for (const instruction of instructions) {
      note(instruction, scope, global, escapeMark);
      const words = shownWords(instruction);
      if (words)
        expanded.set(
          instruction,
          words.map((word) => scope.expand(word, escapeMark)),
        );
    }
    const stage = new Stage({ index: stages.length, from: head, instructions, base, parent, scope, expanded });
    stages.push(stage);
    if (stage.name !== undefined) byName.set(stage.name, stage);
  }
  return stages;
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

function note(instruction: Statement, scope: VariableScope, global: VariableScope, escapeMark: string): void {
  if (instruction.keyword === "ARG") {
    for (const { name, value } of instruction.args) scope.declare(name, value, escapeMark, global);
  }
  if (instruction.keyword === "ENV") {
    const values = instruction.variables.map(({ name, value }) => [name, scope.expand(value, escapeMark)] as const);
    for (const [name, value] of values) scope.assign(name, value);
  }
}

/** The words whose value a stage tells. */
function shownWords(instruction: Statement): readonly string[] | undefined {
  if (instruction.keyword === "EXPOSE") return instruction.ports;
  if (instruction.keyword === "VOLUME") return instruction.paths;
  if (instruction.keyword === "USER") return [instruction.user];
  return instruction.keyword === "WORKDIR" ? [instruction.path] : undefined;
}
