import { type EngineOptions, engineRules, engineSettings } from "../../src/values/engine-options.ts";

const broken = (options: EngineOptions & { memoryMiB?: number }) =>
  Object.entries(engineRules(options)).flatMap(([option, check]) => {
    try {
      check();
      return [];
    } catch (error) {
      return [`${option}: ${(error as Error).message}`];
    }
  });

test("all of them, as a person would write them", () => {
  const options: EngineOptions = {
    user: "app:1000",
    workdir: "/srv",
    entrypoint: ["tini", "--"],
    init: false,
    ulimits: { nofile: 65_536, core: { soft: 0, hard: -1 } },
    shmSizeMiB: 128,
    capAdd: ["net_bind_service"],
    capDrop: ["ALL"],
    readOnly: true,
    extraHosts: { db: "10.0.0.5", "host.docker.internal": "host-gateway", six: "::1" },
    stopSignal: "SIGQUIT",
    labels: { "com.example.team": "shop", a: "b" },
    memoryReservationMiB: 64,
  };
  expect(broken(options)).toEqual([]);
  expect(engineSettings(options)).toEqual({
    ...options,
    ulimits: { core: { soft: 0, hard: -1 }, nofile: { soft: 65_536, hard: 65_536 } },
    capAdd: ["CAP_NET_BIND_SERVICE"],
  });
  expect(engineSettings(engineSettings(options))).toEqual(engineSettings(options));
});

test("what is absent, empty or off is no setting, and one in another order is the same", () => {
  expect(engineSettings({ capAdd: [], labels: {}, ulimits: {}, readOnly: false, user: undefined })).toEqual({});
  const text = (options: EngineOptions) => JSON.stringify(engineSettings(options));
  expect(text({ labels: { b: "2", a: "1" }, user: "1", capAdd: ["KILL", "CHOWN"] })).toBe(
    text({ capAdd: ["CAP_CHOWN", "CAP_KILL"], user: "1", labels: { a: "1", b: "2" } }),
  );
});

/** What the program of a person without a type check may hold, too. */
const untyped = (options: object) => options as EngineOptions;

test.each<[EngineOptions & { memoryMiB?: number }, string]>([
  [{ user: "a b" }, "user: user must be a name or a number"],
  [{ workdir: "srv" }, 'workdir: working directory must be an absolute path, got "srv": write it like "/app"'],
  [{ workdir: "/a\nb" }, "workdir: working directory must be an absolute path"],
  [{ entrypoint: [] }, "entrypoint: entrypoint must begin with a program"],
  [{ entrypoint: [""] }, "entrypoint: entrypoint must begin with a program"],
  [untyped({ init: "yes" }), 'init: init must be true or false, got "yes"'],
  [untyped({ readOnly: 1 }), "readOnly: readOnly must be true or false, got 1"],
  [{ ulimits: { nofile: 1.5 } }, "ulimits: ulimit nofile must be a whole number"],
  [{ shmSizeMiB: 0 }, "shmSizeMiB: size of /dev/shm must be a whole number of MiB, 1 at least, got 0"],
  [untyped({ shmSizeMiB: "64m" }), "shmSizeMiB: size of /dev/shm must be a whole number of MiB"],
  [{ capAdd: ["ROOT"] }, "capAdd: capability must be one of the kernel's"],
  [{ capAdd: ["CHOWN"], capDrop: ["CHOWN"] }, "capAdd: capability must be added or dropped, not both"],
  [{ capDrop: ["ROOT"] }, "capDrop: capability must be one of the kernel's"],
  [{ extraHosts: { db: "db.example.com" } }, "extraHosts: address of db must be an IP address or host-gateway"],
  [{ extraHosts: { "a b": "10.0.0.5" } }, "extraHosts: name must be letters, digits, dots, dashes and underscores"],
  [{ stopSignal: "STOPP" }, "stopSignal: stop signal must be a signal of Linux"],
  [{ labels: { "slipway.host": "a" } }, "labels: label must not begin as Slipway's own do"],
  [{ memoryReservationMiB: 5 }, "memoryReservationMiB: memory reservation must be a whole number of MiB, 6 at least"],
  [
    { memoryReservationMiB: 257 },
    "memoryReservationMiB: memory reservation must not be above the memory limit, 256 MiB, got 257",
  ],
  [{ memoryReservationMiB: 65, memoryMiB: 64 }, "must not be above the memory limit, 64 MiB, got 65"],
])("%j is refused", (options, message) => {
  expect(broken(options)[0]).toContain(message);
});

test("a reservation of all that it may have, and capabilities dropped for all but one", () => {
  expect(broken({ memoryReservationMiB: 64, memoryMiB: 64, capDrop: ["ALL"], capAdd: ["CHOWN"] })).toEqual([]);
});
