import { Refusal } from "../dockerfile-error.ts";
import type { BaseImage, ExternalImage } from "../image-config.ts";
import type { Stage } from "../stage.ts";
import type { Statement } from "../statement.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import type { VariableScope } from "../variable-scope.ts";
import type { BuildFault, BuildWarning } from "./build-fault.ts";
import { type CheckOptions, checkOptionsOf, NO_CHECK_OPTIONS, readCheckDirective } from "./check-options.ts";
import { contextPaths } from "./context-use.ts";
import { epochFault } from "./epoch.ts";
import { fileWarnings } from "./file-warnings.ts";
import { isPlatform } from "./predefined.ts";
import { StageGraph } from "./stage-graph.ts";

/** What BuildKit makes of a Dockerfile when it builds one of its stages. */
export interface Build {
  readonly stage: Stage;
  /** The stages that the build runs, in the order of the file. */
  readonly stages: readonly Stage[];
  /** Why it fails, in the order of the file; empty where the build can start. */
  readonly faults: readonly BuildFault[];
  /** What BuildKit's own checks say, those left out that the file switches off. */
  readonly warnings: readonly BuildWarning[];
  /** What the file asks of those checks. */
  readonly checks: CheckOptions;
  /** The images that are asked for. */
  readonly images: readonly ExternalImage[];
  /** What is asked for of the context, `.` for all of it. */
  readonly files: readonly string[];
}

/** A file that is read, and what its variables are worth. */
export interface BuildSubject {
  readonly text: string;
  readonly instructions: readonly Statement[];
  readonly stages: readonly Stage[];
  readonly escapeMark: EscapeCharacter;
  readonly global: VariableScope;
  readonly defaults: VariableScope;
  /** What the ARG before the first FROM fail at. */
  readonly globalFaults: readonly BuildFault[];
  readonly epoch?: string;
}

/** What a build of `stage` does, as far as the file tells. */
export function planBuild(subject: BuildSubject, stage: Stage): Build {
  const graph = new StageGraph(subject.stages, subject.escapeMark);
  const { stages, images } = graph.reachable(stage);
  const faults = [
    ...subject.globalFaults,
    ...subject.stages.flatMap((each) => fromFaults(each, subject)),
    ...graph.faults,
    ...stages.flatMap((each) => [...each.conversion.faults, ...graph.sourceFaults(each)]),
  ];
  const epoch = epochFault(subject);
  if (epoch) faults.push(epoch);

  let options = NO_CHECK_OPTIONS;
  try {
    options = readCheckDirective(subject.text);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    faults.push({ rule: "SW1061", line: 1, reason: error.problem.reason });
  }
  const said = [...fileWarnings(subject), ...stages.flatMap(({ conversion }) => conversion.warnings)];
  const warnings = said.filter((warning) => isAskedFor(warning, options));
  if (options.error) {
    for (const { check, line } of warnings) {
      faults.push({ rule: "SW1062", line, reason: `${check} warns, and the file asks for warnings to be errors` });
    }
  }
  const uses = stages.map(({ conversion }) => conversion.contextUse);
  const files = uses.some(({ taken }) => taken) ? contextPaths(uses.flatMap(({ paths }) => paths)) : [];
  return { stage, stages, faults: faults.sort((a, b) => a.line - b.line), warnings, checks: options, images, files };
}

function isAskedFor({ check, comments, experimental = false }: BuildWarning, options: CheckOptions): boolean {
  const own = checkOptionsOf(comments);
  const named = (names: CheckOptions["skip"]) => names === "all" || names.has(check);
  return experimental
    ? named(options.experimental) || named(own.experimental)
    : !named(options.skip) && !named(own.skip);
}

/** What FROM fails at, whether the build needs the stage or not. */
function fromFaults({ from, base }: Stage, { global, escapeMark }: BuildSubject): BuildFault[] {
  const line = from.range.start;
  const image = global.read(from.image, escapeMark);
  const faults: BuildFault[] = [];
  if (image.problem !== undefined) faults.push({ rule: "SW1004", line, reason: image.problem });
  else if (image.text === "") faults.push({ rule: "SW1003", line, reason: "the base image's name is empty" });
  else if (isNoReference(base)) faults.push({ rule: "SW1003", line, reason: `${image.text} is no image reference` });
  if (from.platform === undefined) return faults;
  const platform = global.read(from.platform, escapeMark);
  if (platform.problem !== undefined) faults.push({ rule: "SW1004", line, reason: platform.problem });
  else if (platform.text !== undefined && !isPlatform(platform.text)) {
    faults.push({ rule: "SW1052", line, reason: `${platform.text || "nothing"} is no platform` });
  }
  return faults;
}

function isNoReference(base: BaseImage): boolean {
  return base.kind === "image" && base.name !== undefined && base.reference === undefined;
}
