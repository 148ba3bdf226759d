import { type Task, type TaskContent, taskContent } from "../release/task.ts";
import type { ReleasedLogs } from "./released-logs.ts";
import { type ReleasedSecret, releasedSecrets } from "./released-secret.ts";

/** A task as the manifest has it. */
export interface ReleasedTask extends Omit<Task, "secrets"> {
  readonly secrets: Readonly<Record<string, ReleasedSecret>>;
  /** 16 hexadecimal digits that change exactly when the task is to run once more; may be a reference. */
  readonly spec: string;
  /** @default - what it writes stays on the host */
  readonly logs?: ReleasedLogs;
}

/** What the spec of a task is the digest of. */
export type ReleasedTaskContent = TaskContent<Omit<ReleasedTask, "spec" | "logs">>;

/** The entry of the manifest for a task. */
export function releasedTask(
  { name, ...task }: Task,
  specOf: (content: ReleasedTaskContent, name: string) => string,
  logs?: ReleasedLogs,
): ReleasedTask {
  const entry = { name, ...task, secrets: releasedSecrets(task.secrets) };
  return { ...entry, spec: specOf(taskContent(entry), name), ...(logs && { logs }) };
}

/** What the spec of an entry of the manifest is the digest of. Why not where its logs are sent: that is no reason to run again. */
export function releasedTaskContent({ spec: _, logs: __, ...entry }: ReleasedTask): ReleasedTaskContent {
  return taskContent(entry);
}
