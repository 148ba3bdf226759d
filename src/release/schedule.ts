import { Cron } from "../values/cron.ts";
import type { OptionNames } from "../values/known-options.ts";
import { runTimeout } from "../values/run-timeout.ts";
import {
  CONTAINER_OPTIONS,
  type ContainerOptions,
  type ContainerSettings,
  containerRules,
  containerSettings,
} from "./container-options.ts";
import { serviceName } from "./service-name.ts";

/** A container that runs to its end again and again, at times of UTC; every default filled in. */
export interface Schedule extends ContainerSettings {
  readonly name: string;
  readonly cron: Cron;
  /** Seconds after which a run is stopped and has failed. */
  readonly timeoutSeconds: number;
}

/** A {@link Schedule} as a person declares it. */
export interface ScheduleOptions extends Pick<Schedule, "name">, ContainerOptions {
  /**
   * When it runs, in UTC, as in crontab(5): minute, hour, day of the month, month, day of the week, with names, lists,
   * ranges and steps, e.g. `30 3 * * mon-fri`; or a word such as `@daily`. Either of the two days is `*`.
   */
  readonly cron: string;
  /** Seconds after which a run is stopped and has failed, a day at most. @default 3600 */
  readonly timeoutSeconds?: number;
}

export const SCHEDULE_OPTIONS: OptionNames<ScheduleOptions> = {
  ...CONTAINER_OPTIONS,
  name: true,
  cron: true,
  timeoutSeconds: true,
};

const DEFAULT_TIMEOUT_SECONDS = 3600;
const LONGEST_TIMEOUT_SECONDS = 86_400;

/** The rules of a schedule, by the option that each is about. */
export function scheduleRules(options: ScheduleOptions): Readonly<Partial<Record<keyof ScheduleOptions, () => void>>> {
  const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  return {
    name: () => serviceName(options.name, "schedule name"),
    ...containerRules(options),
    cron: () => Cron.parse(options.cron),
    timeoutSeconds: () => runTimeout("schedule timeout", timeoutSeconds, LONGEST_TIMEOUT_SECONDS),
  };
}

/** A schedule that breaks none of its {@link scheduleRules}, every default filled in. */
export function scheduleWithDefaults(options: ScheduleOptions): Schedule {
  const { name, cron, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, ...container } = options;
  return { name, cron: Cron.parse(cron), ...containerSettings(container), timeoutSeconds };
}
