import type { HostChange } from "./comparison.ts";
import type { RunEffect, ServiceEffect } from "./container-changes.ts";
import { COMES_OR_GOES, MACHINE_AWAY, type MachineEffect, WITH_MACHINE } from "./machine-change.ts";
import { code, table } from "./markdown.ts";
import { isUntouched } from "./verdict.ts";

/** What a change means for who visits, in words. */
export const AWAY: Readonly<Record<MachineEffect | ServiceEffect | RunEffect, string>> = {
  created: "new",
  removed: "gone",
  replaced: `away until the new machine has booted, installed its packages and pulled: ${MACHINE_AWAY}`,
  restarted: `away while the machine stops and starts: ${MACHINE_AWAY}`,
  readdressed: "away for whoever still knows the old address",
  "changed in place": "0 s",
  untouched: "0 s",
  rolled: "0 s",
  "stopped first": "away from its stop until its successor is healthy",
  "asked anew": "0 s",
  "ordered anew": "0 s",
  "runs once more": "0 s, the old version serves meanwhile",
  changed: "0 s",
};

/** A row for each host that is touched, and one for each of its services; of tasks and schedules those that change. */
export function effects(hosts: readonly HostChange[]): string {
  const rows = hosts
    .filter((host) => !isUntouched(host))
    .flatMap((host) => {
      const goes = WITH_MACHINE.has(host.effect);
      const part = (kind: string, name: string) => `${code(host.path)} ${kind}${code(name)}`;
      return [
        [code(host.path), host.effect, AWAY[host.effect], reasons([...host.why, ...host.settings])],
        ...host.services.map(({ name, effect, why }) => [
          part("", name),
          goes && !COMES_OR_GOES.has(effect) ? `${host.effect}, with its machine` : effect,
          goes && !COMES_OR_GOES.has(effect) ? "as its machine" : AWAY[effect],
          reasons(why),
        ]),
        ...[...host.tasks.map(of("task ")), ...host.schedules.map(of("schedule "))]
          .filter(({ effect }) => effect !== "untouched")
          .map(({ kind, name, effect, why }) => [part(kind, name), effect, AWAY[effect], reasons(why)]),
      ];
    });
  return table(["what", "becomes", "without an answer", "because of"], rows);
}

const of =
  (kind: string) =>
  <T extends object>(change: T) => ({ ...change, kind });

const reasons = (why: readonly string[]) => why.map(code).join(", ");
