import { capabilities, checkAddedAndDropped } from "./capability.ts";
import { containerLabel } from "./container-label.ts";
import { containerUser } from "./container-user.ts";
import { extraHost } from "./extra-host.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import type { OptionNames } from "./known-options.ts";
import { memoryReservation } from "./memory-limit.ts";
import { sharedMemory } from "./shared-memory.ts";
import { sortedMap } from "./sorted-map.ts";
import { stopSignal } from "./stop-signal.ts";
import { checkSwitch } from "./switch.ts";
import { type Ulimit, ulimit } from "./ulimit.ts";
import { workingDirectory } from "./working-directory.ts";

/** How a container runs, as Docker itself has a word for it; what is left out is the image's, or the engine's. */
export interface EngineOptions {
  /** `name|uid[:group|gid]`; names are the image's. @default - the image's */
  readonly user?: string;
  /** The folder that it starts in, an absolute path. @default - the image's */
  readonly workdir?: string;
  /** The program that `command` are the words of, in exec form; the image's own command goes with it. @default - the image's */
  readonly entrypoint?: readonly string[];
  /** Whether a small init is its first process, which ends what its children leave. @default - as the engine is set, usually not */
  readonly init?: boolean;
  /**
   * The kernel's limits for each process, by their names, e.g. `{ nofile: 65536 }`, or with `{ soft, hard }`. Not for the
   * number of processes: `nproc` counts those of a user on the whole machine, `pidsLimit` those of the container.
   * @default - the engine's
   */
  readonly ulimits?: Readonly<Record<string, number | Ulimit>>;
  /** The size of /dev/shm in MiB; what is in it counts as memory. @default - the engine's, 64 */
  readonly shmSizeMiB?: number;
  /** Capabilities of the kernel beyond Docker's own, with or without `CAP_`. @default - none */
  readonly capAdd?: readonly string[];
  /** Capabilities of Docker's own that it does without; `["ALL"]` with a short `capAdd` is safest. @default - none */
  readonly capDrop?: readonly string[];
  /** Whether its root file system is read only. @default false */
  readonly readOnly?: boolean;
  /**
   * Names in its hosts file by the address that they stand for; `host-gateway` is the machine that runs it.
   * @default - none
   */
  readonly extraHosts?: Readonly<Record<string, string>>;
  /** The signal that asks it to end, e.g. `SIGINT`. @default - the image's, else SIGTERM */
  readonly stopSignal?: string;
  /** Labels of your own, by which `docker ps --filter label=…` finds it. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * MiB that the kernel leaves it when the machine gets short of memory; `memoryMiB` stays the limit.
   * @default - none
   */
  readonly memoryReservationMiB?: number;
}

export const ENGINE_OPTIONS: OptionNames<EngineOptions> = {
  user: true,
  workdir: true,
  entrypoint: true,
  init: true,
  ulimits: true,
  shmSizeMiB: true,
  capAdd: true,
  capDrop: true,
  readOnly: true,
  extraHosts: true,
  stopSignal: true,
  labels: true,
  memoryReservationMiB: true,
};

/** {@link EngineOptions} written in one way each, so that two declarations of one thing are one. */
export interface EngineSettings extends Omit<EngineOptions, "ulimits"> {
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
}

type Rules = {
  readonly [Option in keyof Required<EngineOptions>]: (got: NonNullable<EngineOptions[Option]>) => unknown;
};

/** The rules of the options that are given, by the option that each is about. @param memoryMiB the limit */
export function engineRules(
  options: EngineOptions & { readonly memoryMiB?: number },
): Partial<Record<keyof EngineOptions, () => void>> {
  const rules: Rules = {
    user: containerUser,
    workdir: workingDirectory,
    entrypoint: (words) => (words.length > 0 && words[0] !== "" ? words : refuseEntrypoint(words)),
    init: (on) => checkSwitch("init", on),
    ulimits: (limits) => Object.entries(limits).map(([name, limit]) => ulimit(name, limit)),
    shmSizeMiB: sharedMemory,
    capAdd: (added) => checkAddedAndDropped(added, options.capDrop ?? []),
    capDrop: capabilities,
    readOnly: (on) => checkSwitch("readOnly", on),
    extraHosts: (hosts) => Object.entries(hosts).map(([name, address]) => extraHost(name, address)),
    stopSignal,
    labels: (labels) => Object.entries(labels).map(([key, value]) => containerLabel(key, value)),
    memoryReservationMiB: (mib) => memoryReservation(mib, options.memoryMiB),
  };
  const given = Object.keys(rules).filter((name) => options[name as keyof EngineOptions] !== undefined);
  return Object.fromEntries(
    given.map((name) => {
      const option = name as keyof EngineOptions;
      return [option, () => void (rules[option] as (got: unknown) => unknown)(options[option])];
    }),
  );
}

/** The options of `all` that are given, written in one way each. They break none of their {@link engineRules}. */
export function engineSettings(all: EngineOptions): EngineSettings {
  const { ulimits, capAdd = [], capDrop = [], readOnly, extraHosts, labels, ...others } = all;
  const limits = ulimits && Object.entries(ulimits).map(([name, limit]) => [name, ulimit(name, limit)] as const);
  const settings: EngineSettings = {
    ...others,
    ulimits: limits && sortedMap(Object.fromEntries(limits)),
    capAdd: capAdd.length === 0 ? undefined : capabilities(capAdd),
    capDrop: capDrop.length === 0 ? undefined : capabilities(capDrop),
    readOnly: readOnly || undefined,
    extraHosts: extraHosts && sortedMap(extraHosts),
    labels: labels && sortedMap(labels),
  };
  const names = Object.keys(ENGINE_OPTIONS) as (keyof EngineSettings)[];
  return Object.fromEntries(names.filter((name) => !isEmpty(settings[name])).map((name) => [name, settings[name]]));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === "object" && Object.keys(value as object).length === 0);
}

function refuseEntrypoint(got: readonly string[]): never {
  const remedy = "leave it out for the image's, or name the program";
  throw new InvalidValueError({ subject: "entrypoint", rule: "must begin with a program", got, remedy });
}
