import { ByteSize } from "../values/byte-size.ts";
import { capabilities } from "../values/capability.ts";
import { containerLabel } from "../values/container-label.ts";
import { containerUser } from "../values/container-user.ts";
import { cpuLimit } from "../values/cpu-limit.ts";
import { extraHost } from "../values/extra-host.ts";
import { DEFAULT_MEMORY_MIB, memoryLimit } from "../values/memory-limit.ts";
import { pidsLimit } from "../values/pids-limit.ts";
import { sharedMemory } from "../values/shared-memory.ts";
import { stopGrace } from "../values/stop-grace.ts";
import { stopSignal } from "../values/stop-signal.ts";
import { type Ulimit, ulimit } from "../values/ulimit.ts";
import { workingDirectory } from "../values/working-directory.ts";
import { durationSeconds } from "./duration.ts";
import type { KnownImage } from "./known-image.ts";
import type { ReadService } from "./read-service.ts";
import { isMap, listOf, pairsOf, textOf, type YamlMap } from "./yaml-document.ts";

/** The options of `host.run` that Docker has a word for, by their names, in the order in which people write them. */
export function serviceOptions(service: ReadService, known: KnownImage | undefined): Record<string, unknown> {
  const { plain, notes } = service;
  const limits = mapAt(plain.deploy, "resources", "limits");
  const reservations = mapAt(plain.deploy, "resources", "reservations");
  const one = <T>(key: string, value: unknown, read: (value: unknown) => T) =>
    value === undefined || value === null ? undefined : notes.accept(key, () => read(value));
  const memory = one("mem_limit", plain.mem_limit ?? limits.memory, (value) => memoryLimit(mebibytes(value)));
  const reserved = one("mem_reservation", plain.mem_reservation ?? reservations.memory, (value) =>
    memoryLimit(mebibytes(value)),
  );
  const memoryMiB = memory ?? atLeast(reserved, known?.memoryMiB);
  const options = {
    memoryMiB,
    memoryReservationMiB: reserved === undefined ? undefined : Math.min(reserved, memoryMiB ?? DEFAULT_MEMORY_MIB),
    cpus: one("cpus", plain.cpus ?? limits.cpus, (value) => cpuLimit(Math.round(Number(value) * 100) / 100)),
    pidsLimit: one("pids_limit", plain.pids_limit ?? limits.pids, (value) => pidsLimit(Number(value))),
    user: one("user", plain.user, (value) => containerUser(textOf(value))),
    workdir: one("working_dir", plain.working_dir, (value) => workingDirectory(textOf(value))),
    init: plain.init === true ? true : undefined,
    readOnly: plain.read_only === true ? true : undefined,
    capAdd: capabilityList(service, "cap_add"),
    capDrop: capabilityList(service, "cap_drop"),
    ulimits: ulimits(service),
    shmSizeMiB: one("shm_size", plain.shm_size, (value) => sharedMemory(mebibytes(value))),
    extraHosts: extraHosts(service),
    stopSignal: one("stop_signal", plain.stop_signal, (value) => stopSignal(textOf(value))),
    stopGraceSeconds: one("stop_grace_period", plain.stop_grace_period, (value) =>
      stopGrace(Math.ceil(durationSeconds(value) ?? Number.NaN)),
    ),
    labels: labels(service),
  };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/** As much as is reserved and as the image needs; nothing where the usual is enough. */
function atLeast(...sizes: readonly (number | undefined)[]): number | undefined {
  const most = Math.max(0, ...sizes.map((size) => size ?? 0));
  return most > DEFAULT_MEMORY_MIB ? most : undefined;
}

function mebibytes(value: unknown): number {
  const text = textOf(value).trim();
  const [, count = "", unit = ""] = /^(\d+\.\d+)([kmgt])(?:i?b)?$/i.exec(text) ?? [];
  const bytes = count === "" ? ByteSize.parse(text).bytes : Number(count) * ByteSize.parse(`1${unit}`).bytes;
  return Math.ceil(bytes / 2 ** 20);
}

function capabilityList({ plain, notes }: ReadService, key: string): string[] | undefined {
  const names = listOf(plain[key]).map(textOf);
  const kept = names.filter((name) => notes.accept(`${key} ${name}`, () => capabilities([name])) !== undefined);
  return kept.length === 0 ? undefined : kept;
}

function ulimits({ plain, notes }: ReadService): Record<string, number | Ulimit> | undefined {
  const limits: Record<string, number | Ulimit> = {};
  for (const [name, value] of Object.entries(isMap(plain.ulimits) ? plain.ulimits : {})) {
    const limit = isMap(value) ? { soft: Number(value.soft), hard: Number(value.hard) } : Number(value);
    if (notes.accept(`ulimits.${name}`, () => ulimit(name, limit)) !== undefined) limits[name] = limit;
  }
  return orNothing(limits);
}

function extraHosts({ plain, notes }: ReadService): Record<string, string> | undefined {
  const value = plain.extra_hosts;
  const pairs = isMap(value)
    ? Object.entries(value).map(([name, address]) => [name, textOf(address)])
    : listOf(value).map((each) => /^([^:=]+)[:=](.*)$/.exec(textOf(each))?.slice(1) ?? [textOf(each), ""]);
  const hosts: Record<string, string> = {};
  for (const [name = "", address = ""] of pairs) {
    const bare = address.replace(/^\[(.*)\]$/, "$1");
    if (notes.accept(`extra_hosts ${name}`, () => extraHost(name, bare) ?? true) !== undefined) hosts[name] = bare;
  }
  return orNothing(hosts);
}

function labels({ plain, notes }: ReadService): Record<string, string> | undefined {
  const kept: Record<string, string> = {};
  for (const [key, value = ""] of pairsOf(plain.labels)) {
    if (key.startsWith("traefik."))
      notes.add("labels traefik.*", "Nginx is in front here: host.serve says names and paths");
    else if (notes.accept(`labels ${key}`, () => containerLabel(key, value) ?? true) !== undefined) kept[key] = value;
  }
  return orNothing(kept);
}

function orNothing<T extends object>(map: T): T | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

function mapAt(value: unknown, ...path: readonly string[]): YamlMap {
  const found = path.reduce((map: unknown, key) => (isMap(map) ? map[key] : undefined), value);
  return isMap(found) ? found : {};
}
