import type { RunOptions } from "../../src/hosts/host.ts";
import { docker } from "./project.ts";

/** Every option of the engine's own, of a service whose image has a shell. */
export const RUN_OPTIONS = {
  user: "1000:1000",
  workdir: "/tmp",
  init: true,
  ulimits: { nofile: { soft: 1024, hard: 2048 } },
  shmSizeMiB: 32,
  capAdd: ["sys_time"],
  capDrop: ["CHOWN"],
  readOnly: true,
  extraHosts: { db: "10.0.0.5" },
  stopSignal: "SIGINT",
  labels: { "com.example.team": "the shop's" },
  memoryMiB: 64,
  memoryReservationMiB: 32,
  cpus: 0.5,
  pidsLimit: 64,
} satisfies Partial<RunOptions>;

/** What the engine says that the container has of {@link RUN_OPTIONS}, and what its processes see of it. */
export function seenOptions(container: string) {
  const [{ Config: config, HostConfig: host }] = JSON.parse(docker("container", "inspect", container));
  const mib = (bytes: number) => bytes / 1024 / 1024;
  const [uid, folder, limit, firstProcess] = docker(
    ...["exec", container, "sh", "-c", "id -u; pwd; grep '^Max open files' /proc/1/limits; cat /proc/1/comm"],
  ).split("\n");
  return {
    asked: {
      user: config.User,
      workdir: config.WorkingDir,
      init: host.Init,
      ulimits: Object.fromEntries(
        host.Ulimits.map(({ Name, Soft, Hard }: Record<string, unknown>) => [Name, { soft: Soft, hard: Hard }]),
      ),
      shmSizeMiB: mib(host.ShmSize),
      capAdd: host.CapAdd.map((name: string) => name.replace("CAP_", "").toLowerCase()),
      capDrop: host.CapDrop.map((name: string) => name.replace("CAP_", "")),
      readOnly: host.ReadonlyRootfs,
      extraHosts: Object.fromEntries(host.ExtraHosts.map((line: string) => line.split(":"))),
      stopSignal: config.StopSignal,
      labels: { "com.example.team": config.Labels["com.example.team"] },
      memoryMiB: mib(host.Memory),
      memoryReservationMiB: mib(host.MemoryReservation),
      cpus: host.NanoCpus / 1e9,
      pidsLimit: host.PidsLimit,
    },
    seen: { uid, folder, limit, firstProcess },
  };
}

export const SEEN = {
  uid: "1000",
  folder: "/tmp",
  limit: expect.stringMatching(/ 1024 +2048 /),
  firstProcess: expect.stringMatching(/init|tini/),
};
