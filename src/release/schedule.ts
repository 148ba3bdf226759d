import { Cron } from "../values/cron.ts";
import type { OptionNames } from "../values/known-options.ts";
import {
  FINITE_OPTIONS,
  type FiniteContainer,
  type FiniteOptions,
  finiteRules,
  finiteWithDefaults,
} from "./finite-container.ts";

/** A container that runs to its end again and again, at times of UTC; every default filled in. */
export interface Schedule extends FiniteContainer {
  readonly cron: Cron;
}

/** A {@link Schedule} as a person declares it. */
export interface ScheduleOptions extends FiniteOptions {
  /**
   * When it runs, in UTC, as in crontab(5): minute, hour, day of the month, month, day of the week, with names, lists,
   * ranges and steps, e.g. `30 3 * * mon-fri`; or a word such as `@daily`. Either of the two days is `*`.
   */
  readonly cron: string;
  /** Seconds after which a run is stopped and has failed, a day at most. @default 3600 */
  readonly timeoutSeconds?: number;
}

export const SCHEDULE_OPTIONS: OptionNames<ScheduleOptions> = { ...FINITE_OPTIONS, cron: true };

const SCHEDULE = { kind: "schedule", usual: 3600, longest: 86_400 };

/** The rules of a schedule, by the option that each is about. */
export function scheduleRules(options: ScheduleOptions): Readonly<Partial<Record<keyof ScheduleOptions, () => void>>> {
  return { ...finiteRules(options, SCHEDULE), cron: () => Cron.parse(options.cron) };
}

/** A schedule that breaks none of its {@link scheduleRules}, every default filled in. */
export function scheduleWithDefaults({ cron, ...options }: ScheduleOptions): Schedule {
  return { ...finiteWithDefaults(options, SCHEDULE), cron: Cron.parse(cron) };
}
