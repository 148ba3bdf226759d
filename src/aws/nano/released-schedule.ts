import type { Schedule } from "../../release/schedule.ts";
import { type ReleasedSecret, releasedSecrets } from "./released-secret.ts";

/** A schedule as the manifest has it. */
export interface ReleasedSchedule extends Omit<Schedule, "secrets" | "cron"> {
  readonly secrets: Readonly<Record<string, ReleasedSecret>>;
  /** When it runs, as systemd reads it. */
  readonly calendar: string;
}

/** The entry of the manifest for a schedule. */
export function releasedSchedule({ name, cron, secrets, ...schedule }: Schedule): ReleasedSchedule {
  return { name, calendar: cron.onCalendar, ...schedule, secrets: releasedSecrets(secrets) };
}
