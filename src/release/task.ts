import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { LONGEST_WAIT_SECONDS } from "../values/wait-seconds.ts";
import {
  FINITE_OPTIONS,
  type FiniteContainer,
  type FiniteOptions,
  finiteRules,
  finiteWithDefaults,
} from "./finite-container.ts";

/** A container that runs to its end before a release, once for each content; every default filled in. */
export interface Task extends FiniteContainer {
  /** The services of which no new version starts before it, sorted; empty for all. */
  readonly before: readonly string[];
}

/** A {@link Task} as a person declares it. */
export interface TaskOptions extends FiniteOptions {
  /** Seconds after which it has failed, an hour at most. @default 300 */
  readonly timeoutSeconds?: number;
  /** @default - all */
  readonly before?: readonly string[];
}

export const TASK_OPTIONS: OptionNames<TaskOptions> = { ...FINITE_OPTIONS, before: true };

const TASK = { kind: "task", usual: 300, longest: LONGEST_WAIT_SECONDS };

/** The rules of a task, by the option that each is about. */
export function taskRules(options: TaskOptions): Readonly<Partial<Record<keyof TaskOptions, () => void>>> {
  return finiteRules(options, TASK);
}

/** A task that breaks none of its {@link taskRules}, every default filled in. */
export function taskWithDefaults({ before = [], ...options }: TaskOptions): Task {
  return { ...finiteWithDefaults(options, TASK), before: [...new Set(before)].sort() };
}

/** @throws InvalidValueError for a task before what is none of the `services` */
export function refuseUnknownBefore({ name, before }: Task, services: ReadonlyMap<string, unknown>): void {
  const got = before.find((service) => !services.has(service));
  if (got === undefined) return;
  const remedy = `declared: ${[...services.keys()].sort().join(", ") || "none"}`;
  throw new InvalidValueError({
    subject: `task ${name}`,
    rule: "must be before a service that is declared",
    got,
    remedy,
  });
}

/** What of a task is not what it does: its name, its limits and its place. */
type TaskFrame = Pick<
  Task,
  | "name"
  | "memoryMiB"
  | "memoryReservationMiB"
  | "pidsLimit"
  | "cpus"
  | "stopGraceSeconds"
  | "timeoutSeconds"
  | "before"
>;

/** What a task does, and with what. */
export type TaskContent<T extends TaskFrame = Task> = Omit<T, keyof TaskFrame>;

/** The part of `task` by which it is known whether it has run already. Why without its limits: more memory is no new migration. */
export function taskContent<T extends TaskFrame>(task: T): TaskContent<T> {
  const {
    name: _,
    memoryMiB,
    memoryReservationMiB,
    pidsLimit,
    cpus,
    stopGraceSeconds,
    timeoutSeconds,
    before,
    ...content
  } = task;
  return content;
}
