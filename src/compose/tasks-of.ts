import type { Draft } from "./draft.ts";

/** What runs to its end before others, by the file's names: each with the services that it stands before, also by other tasks. */
export function tasksOf(drafts: readonly Draft[]): ReadonlyMap<string, readonly Draft[]> {
  const waiting = new Map<string, Draft[]>();
  for (const draft of drafts)
    for (const { service, completes } of draft.dependsOn)
      if (completes) waiting.set(service, [...(waiting.get(service) ?? []), draft]);
  const behind = (task: string, seen: ReadonlySet<string>): Draft[] =>
    (waiting.get(task) ?? []).flatMap((draft) => {
      const { composeName } = draft.read;
      if (!waiting.has(composeName)) return [draft];
      return seen.has(composeName) ? [] : behind(composeName, new Set([...seen, composeName]));
    });
  return new Map([...waiting.keys()].map((task) => [task, [...new Set(behind(task, new Set([task])))]]));
}
