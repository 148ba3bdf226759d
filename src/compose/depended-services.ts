import type { Draft } from "./draft.ts";
import { slipwayOf, type TranslationContext } from "./translation-context.ts";

/**
 * What the host calls the services that have to be healthy before the draft's container starts; of others a note says why not.
 * Why also where the file asks only that they have started: a release waits until everything is healthy all the same.
 */
export function dependedServices({ read, dependsOn }: Draft, around: TranslationContext): string[] {
  const { order, tasks, profiled, drafts } = around;
  return dependsOn.flatMap(({ service, completes }) => {
    if (completes || service === read.composeName) return [];
    const refuse = (reason: string) => {
      read.notes.add(`depends_on.${service}`, `${reason}, and so this starts without waiting for it`);
      return [];
    };
    if (tasks.has(service)) return refuse("runs to its end, which service_completed_successfully waits for");
    if (!drafts.some((each) => each.read.composeName === service)) return refuse("is left out");
    if (profiled.has(service)) return refuse("is there in its profile alone");
    if (order.indexOf(service) > order.indexOf(read.composeName)) return refuse("needs this one itself");
    return slipwayOf(service, around);
  });
}
