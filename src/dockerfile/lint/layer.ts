import { posix } from "node:path";
import type { Run } from "../instructions/instruction.ts";
import { readMount } from "../instructions/read-run.ts";
import type { Stage } from "../stage.ts";
import type { Statement } from "../statement.ts";
import { type Install, PACKAGE_MANAGERS, readInstall } from "./package-manager.ts";
import { type ShellCommand, shellCommands } from "./shell-command.ts";

export type ManagerName = keyof typeof PACKAGE_MANAGERS;

/** An installing call inside a RUN. */
export interface LayerInstall extends Install {
  readonly manager: ManagerName;
  /** Its place among the RUN's commands. */
  readonly at: number;
}

/** One RUN, that of a trigger too. */
export interface Layer {
  readonly line: number;
  readonly commands: readonly ShellCommand[];
  readonly installs: readonly LayerInstall[];
  /** The folders that are caches of the builder and enter no layer. */
  readonly cached: readonly string[];
  /** The variables of ARG and ENV as they are there, as written; those of the stages below too. */
  readonly env: ReadonlyMap<string, string>;
  /** Whether the image is made of it. */
  readonly shipped: boolean;
}

/** Many rules ask about the layers of one file. */
const LAYERS = new WeakMap<readonly Stage[], readonly Layer[]>();

/** Every RUN of `stages`, in the order of the file. */
export function layersOf(stages: readonly Stage[]): readonly Layer[] {
  const known = LAYERS.get(stages) ?? readLayers(stages);
  LAYERS.set(stages, known);
  return known;
}

/** The RUN that `it` is, or that it triggers. */
export function runOf(it: Statement): Run | undefined {
  if (it.keyword === "RUN") return it;
  return it.keyword === "ONBUILD" && it.trigger?.keyword === "RUN" ? it.trigger : undefined;
}

function readLayers(stages: readonly Stage[]): Layer[] {
  const shipped = shippedStages(stages);
  const ends = new Map<Stage | undefined, ReadonlyMap<string, string>>();
  return stages.flatMap((stage) => {
    let env = ends.get(stage.parent) ?? new Map<string, string>();
    const layers = stage.instructions.flatMap((it) => {
      const set = it.keyword === "ENV" ? it.variables : it.keyword === "ARG" ? it.args : [];
      if (set.length > 0) env = new Map([...env, ...set.map(({ name, value = "" }) => [name, value] as const)]);
      const run = runOf(it);
      return run ? [readLayer(run, { line: it.range.start, env, shipped: shipped.has(stage) })] : [];
    });
    ends.set(stage, env);
    return layers;
  });
}

function readLayer(run: Run, place: Pick<Layer, "line" | "env" | "shipped">): Layer {
  const commands = shellCommands(run.command);
  const installs = commands.flatMap((command, at) =>
    Object.entries(PACKAGE_MANAGERS).flatMap(([name, manager]) => {
      const install = readInstall(command, manager);
      return install ? [{ ...install, manager: name as ManagerName, at }] : [];
    }),
  );
  const mounts = run.mounts.map(readMount).filter(({ type }) => type === "cache" || type === "tmpfs");
  return { ...place, commands, installs, cached: mounts.flatMap(({ target }) => target ?? []) };
}

/** The last stage and those that it builds upon. */
function shippedStages(stages: readonly Stage[]): ReadonlySet<Stage> {
  const shipped = new Set<Stage>();
  for (let stage = stages.at(-1); stage; stage = stage.parent) shipped.add(stage);
  return shipped;
}

/** Whether `folder`, what is in it or what it is in is a cache that enters no layer. */
export function isCached({ cached }: Layer, folder: string): boolean {
  return cached.some((path) => overlaps(path, folder));
}

/** Whether one of the paths is the other, or lies in it; a `*` at the end stands for what is there. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) =>
    posix.normalize(path.replace(/\/?\*+$/, "") || "/").replace(/(.)\/$/, "$1"),
  );
  if (a === undefined || b === undefined) return false;
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
