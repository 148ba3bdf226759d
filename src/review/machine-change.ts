import { changedProperties } from "./difference.ts";
import type { ModelHost } from "./model.ts";
import type { PlannedChange } from "./plan.ts";

/** What a change means for a host's machine. */
export type MachineEffect =
  | "created"
  | "removed"
  | "replaced"
  /** Stopped and started, as EC2 does for another type of the same processor. */
  | "restarted"
  /** Reached at another address. */
  | "readdressed"
  | "changed in place"
  | "untouched";

/**
 * For how many minutes a machine that is replaced, or stopped and started, does not answer. Measured, and held, by
 * `__tests__/real/rehearsal-agent.real.test.ts`, on a machine that installs its packages from Debian's mirrors: 43 s
 * replaced and 64 s restarted (2026-11, two busy cores). What EC2 itself takes to launch, stop and start an instance is
 * not in it.
 */
export const AWAY_MINUTES = 2;
/** The same, for people. */
export const MACHINE_AWAY = `about ${AWAY_MINUTES} minutes`;

/** Facts of a machine of which a change is no replacement, and what it is. */
const BY_FACT: Readonly<Record<string, MachineEffect>> = {
  type: "restarted",
  elasticIp: "readdressed",
  volumeGiB: "changed in place",
  cpuCredits: "changed in place",
  statusAlarm: "changed in place",
  usageAlarms: "changed in place",
  logGroup: "changed in place",
  unattendedReboot: "changed in place",
  detailedMonitoring: "changed in place",
  sshPort: "changed in place",
  sshUser: "changed in place",
  hostKey: "changed in place",
};

/** With what becomes of a machine like that, its services go, too: a version that is new starts with it and rolls nowhere. */
export const WITH_MACHINE = new Set<MachineEffect>(["replaced", "restarted"]);

/** What is new or gone, whatever becomes of its machine. */
export const COMES_OR_GOES = new Set<string>(["created", "removed"]);

const BY_WEIGHT: readonly MachineEffect[] = ["replaced", "restarted", "readdressed", "changed in place"];

/** What becomes of a host's machine, and by which of its facts. */
export function compareMachines(
  old: ModelHost | undefined,
  now: ModelHost | undefined,
): { readonly effect: MachineEffect; readonly why: readonly string[] } {
  if (old === undefined || now === undefined) return { effect: old === undefined ? "created" : "removed", why: [] };
  const why = [...movedTo(old, now), ...changedProperties(old.machine, now.machine)];
  const effects = new Set(why.map((fact) => effectOf(fact, old, now)));
  return { effect: BY_WEIGHT.find((effect) => effects.has(effect)) ?? "untouched", why };
}

/** Whether Terraform intends another instance in place of one. */
export function isMachineReplaced({ action, address }: Pick<PlannedChange, "action" | "address">): boolean {
  return action === "replaced" && address.startsWith("aws_instance.");
}

/** Why not part of the machine's facts: a description of before may not have them, and has not moved for that. */
function movedTo(old: ModelHost, now: ModelHost): string[] {
  return (["account", "region"] as const).filter((place) => old[place] && now[place] && old[place] !== now[place]);
}

/** Why a data volume is a case of its own: one that is there grows in place, another one is another machine. */
function effectOf(fact: string, old: ModelHost, now: ModelHost): MachineEffect {
  if (fact !== "dataVolumeGiB") return BY_FACT[fact] ?? "replaced";
  return old.machine[fact] === undefined || now.machine[fact] === undefined ? "replaced" : "changed in place";
}
