import type { Schedule } from "../release/schedule.ts";
import type { ReleasedLogs } from "./released-logs.ts";
import { type ReleasedSecret, releasedSecrets } from "./released-secret.ts";

/** A schedule as the manifest has it. */
export interface ReleasedSchedule extends Omit<Schedule, "secrets" | "cron"> {
  readonly secrets: Readonly<Record<string, ReleasedSecret>>;
  /** When it runs, as systemd reads it. */
  readonly calendar: string;
  /** @default - what it writes stays on the host */
  readonly logs?: ReleasedLogs;
}

/** The entry of the manifest for a schedule. */
export function releasedSchedule(
  { name, cron, secrets, ...schedule }: Schedule,
  logs?: ReleasedLogs,
): ReleasedSchedule {
  const entry = { name, calendar: cron.onCalendar, ...schedule, secrets: releasedSecrets(secrets) };
  return { ...entry, ...(logs && { logs }) };
}
