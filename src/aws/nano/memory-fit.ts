import type { HostFit, SumRow } from "../../release/fit.ts";
import type { InstanceType } from "./instance-type.ts";

/** MiB of the sizes that all burstable families share, from the smallest on. */
const MEMORY_MIB: Readonly<Record<string, number>> = {
  nano: 512,
  micro: 1024,
  small: 2048,
  medium: 4096,
  large: 8192,
  xlarge: 16_384,
  "2xlarge": 32_768,
};

/**
 * What a host keeps for itself. Of a nano's 512 MiB Linux shows 416: the kernel has the rest. Ubuntu's part is measured
 * with all off that no such server needs.
 */
const OWN: readonly SumRow[] = [
  { what: "the kernel", mib: -96 },
  { what: "Ubuntu, with snapd and the Systems Manager agent", mib: -110 },
  { what: "Docker, containerd and Nginx", mib: -50 },
];

/** A container of a host, as far as its memory goes. */
export interface FittedContainer {
  readonly name: string;
  readonly path: string;
  /** What it may take at most. */
  readonly memoryMiB: number;
  /** What is to be there for it in any case. @default - nothing */
  readonly memoryReservationMiB?: number;
  /** How many run: one, one more while a release replaces it, or none but while a release comes, as a task. */
  readonly runs: "once" | "twice while it is replaced" | "before a release";
}

type MemoryFit = NonNullable<HostFit["memory"]>;

/** MiB for the services of a host, in sum; unknown for types that are not burstable. */
export function servicesMemory({ isBurstable, size }: Pick<InstanceType, "isBurstable" | "size">): number | undefined {
  const memory = isBurstable ? MEMORY_MIB[size] : undefined;
  return memory === undefined ? undefined : memory + total(OWN);
}

/** What the type leaves against what is declared; undefined for types of which that is not known. */
export function memoryFit(type: InstanceType, declared: readonly FittedContainer[]): MemoryFit | undefined {
  const leftMiB = servicesMemory(type);
  if (leftMiB === undefined) return undefined;
  const { limits, reserved, roll } = memoryDemands(declared);
  const [limitsMiB, reservedMiB, rollMiB] = [total(limits), total(reserved), total(roll)];
  const several = declared.length > 1 ? [{ what: "in sum, at most", mib: limitsMiB }] : [];
  return {
    leftMiB,
    limitsMiB,
    reservedMiB,
    rollMiB,
    ...smallestType(type, Math.max(limitsMiB, reservedMiB + rollMiB)),
    rows: [...leftBy(type), ...limits, ...several, ...reserved, ...roll],
  };
}

/** What is asked of a host's memory, each in the order of names: another order of declaration is no other sum. */
export interface MemoryDemands {
  /** What each may take at most. */
  readonly limits: readonly SumRow[];
  /** What is reserved for what runs all the time. */
  readonly reserved: readonly SumRow[];
  /** What the one roll or task reserves on top that reserves most. */
  readonly roll: readonly SumRow[];
  /** What a release reserves on top that replaces all services at once. */
  readonly rollOfAll: readonly SumRow[];
}

export function memoryDemands(declared: readonly FittedContainer[]): MemoryDemands {
  const sorted = [...declared].sort((a, b) => (a.name < b.name ? -1 : 1));
  const reserving = sorted.filter(({ memoryReservationMiB = 0 }) => memoryReservationMiB > 0);
  const row =
    (suffix: string) =>
    ({ name, memoryReservationMiB = 0 }: FittedContainer) => ({
      what: `${name}, ${suffix}`,
      mib: memoryReservationMiB,
    });
  const rolled = reserving
    .filter(({ runs }) => runs === "twice while it is replaced")
    .map(row("reserved once more while a release replaces it"));
  const tasks = reserving.filter(({ runs }) => runs === "before a release").map(row("reserved while it runs"));
  const largest = [...rolled, ...tasks].sort((a, b) => b.mib - a.mib).slice(0, 1);
  return {
    limits: sorted.map(({ name, memoryMiB }) => ({ what: `${name}, at most`, mib: memoryMiB })),
    reserved: reserving.filter(({ runs }) => runs !== "before a release").map(row("reserved")),
    roll: largest,
    rollOfAll: total(rolled) > total(largest) ? rolled : largest,
  };
}

/** How what the type leaves comes about; of types of which that is not known, nothing. */
export function leftBy(type: InstanceType): SumRow[] {
  const left = servicesMemory(type);
  if (left === undefined) return [];
  return [{ what: `memory of a ${type}`, mib: left - total(OWN) }, ...OWN, { what: "left for services", mib: left }];
}

/** The smallest type of the family that leaves as much. */
export function smallestType(type: InstanceType, mib: number): { readonly smallestType?: string } {
  const { isBurstable, family } = type;
  const size = Object.keys(MEMORY_MIB).find((each) => (servicesMemory({ isBurstable, size: each }) ?? 0) >= mib);
  return size === undefined ? {} : { smallestType: `${family}.${size}` };
}

/** What the rows of a sum come to. */
export function total(rows: readonly SumRow[]): number {
  return rows.reduce((sum, { mib }) => sum + mib, 0);
}
