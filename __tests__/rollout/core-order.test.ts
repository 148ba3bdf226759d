import { type Release, release, type World } from "./fake-world.ts";

const ORDER = ["web db", "worker db,web"];
const FIRST = ["db 1", "web 1", "worker 1"];
const deploy = (world: World, of: Partial<Release> = {}) => release(world, { services: FIRST, depends: ORDER, ...of });
/** What was started, in its order. */
const started = (run: ReturnType<typeof release>) =>
  run.done.filter((line) => line.startsWith("d_candidate")).map((line) => line.split(" ")[1]);

describe("a service that depends on others", () => {
  test("starts when they are healthy, and where its neighbours find them; without that it starts with them", () => {
    const world = { health: ["db:1 slow 3", "web:1 needed db", "worker:1 needed web"] };
    const run = deploy(world);
    expect(run).toMatchObject({ outcome: 0, serves: FIRST, violations: [] });
    expect(run.said).toEqual([
      "db: waiting until it is healthy, 30 s at most",
      "web: starts when db is healthy",
      "worker: starts when db is healthy",
      "db: healthy",
      "web: waiting until it is healthy, 30 s at most",
      "web: healthy",
      "worker: waiting until it is healthy, 30 s at most",
      "worker: healthy",
    ]);
    expect(deploy(world, { depends: undefined })).toMatchObject({
      outcome: 1,
      serves: [],
      problem: "web is not healthy: its container ended with status 1",
    });
  });

  test("does not wait for what the release leaves as it is, nor for more than it names", () => {
    const changed = { services: ["db 1", "web 2", "worker 2"], depends: ["web db"] };
    const run = deploy({ serves: FIRST, health: ["web:2 slow 3"] }, changed);
    expect(run).toMatchObject({ outcome: 0, serves: changed.services, violations: [] });
    expect(run.done.filter((line) => /^(d_candidate|sleep)/.test(line)).slice(0, 3)).toEqual([
      "d_candidate web",
      "d_candidate worker",
      "sleep",
    ]);
    expect(run.said.join()).not.toContain("starts when");
  });

  test("stays as it is where what it depends on changes, and where the order alone does", () => {
    const run = deploy({ serves: FIRST }, { services: ["db 2", "web 1", "worker 1"] });
    expect(run).toMatchObject({ outcome: 0, violations: [] });
    expect(started(run)).toEqual(["db"]);
    expect(deploy({ serves: FIRST }, { id: "old" }).done).toEqual(["d_serves old", "d_accept"]);
  });

  test("waits for a check that what runs must pass, and for a container that was lost", () => {
    const demand = { serves: FIRST, noted: FIRST, health: ["db:1 check /new"] };
    const asked = deploy(demand, { services: ["db 1 /new", "web 2", "worker 1"] });
    expect(asked).toMatchObject({ outcome: 0, serves: ["db 1", "web 2", "worker 1"], violations: [] });
    expect(asked.said.indexOf("db: healthy")).toBeLessThan(
      asked.said.indexOf("web: waiting until it is healthy, 30 s at most"),
    );
    const lost = { serves: ["db 1 exited 1", "web 1", "worker 1"], health: ["db:1 slow 2"] };
    const run = deploy(lost, { services: ["db 1", "web 2", "worker 1"] });
    expect(run).toMatchObject({ outcome: 0, serves: ["db 1", "web 2", "worker 1"], violations: [] });
    expect(started(run)).toEqual(["db", "web"]);
  });

  test("fails with what it depends on and is never started then", () => {
    const run = deploy({ serves: FIRST, health: ["db:2 exits 3"] }, { services: ["db 2", "web 2", "worker 2"] });
    expect(run).toMatchObject({
      outcome: 1,
      problem: "db is not healthy: its container ended with status 3",
      serves: FIRST,
      violations: [],
    });
    expect(started(run)).toEqual(["db"]);
  });

  test("fails a release that changes it where what it depends on was lost and does not come back", () => {
    for (const how of [{ health: ["db:1 bad"] }, { verdicts: ["d_candidate db 1 no room"] }]) {
      const run = deploy(
        { serves: ["db 1 exited 1", "web 1", "worker 1"], ...how },
        { services: ["db 1", "web 2", "worker 1"] },
      );
      expect(run).toMatchObject({
        outcome: 1,
        problem: "web: depends on db, which is not healthy",
        violations: [],
      });
      expect(run.containers).toContain("web 1 running");
      expect(started(run)).not.toContain("web");
    }
  });

  test("that was lost as well comes back behind it, and is no matter of a release that changes neither", () => {
    const gone = { serves: ["db 1 exited 1", "web 1 exited 1", "worker 1"] };
    const back = deploy({ ...gone, health: ["db:1 slow 3"] });
    expect(back).toMatchObject({ outcome: 0, serves: FIRST, violations: [] });
    const broken = deploy({ ...gone, health: ["db:1 bad"] });
    expect(broken).toMatchObject({ outcome: 0, serves: ["worker 1"], violations: [] });
    expect(broken.said).toContain("web: depends on db, which is not healthy");
  });

  test("waits for the successor of what has data of its own, which comes last", () => {
    const services = ["db 2 / stop-first", "other 2", "web 2"];
    const world = { serves: ["db 1", "other 1", "web 1"], noted: ["db 1 / stop-first", "other 1", "web 1"] };
    const run = release(world, { services, depends: ["web db"] });
    expect(run).toMatchObject({ outcome: 0, violations: [] });
    expect(started(run)).toEqual(["other", "db", "web"]);
    const broken = release({ ...world, health: ["web:2 bad"] }, { services, depends: ["web db"] });
    expect(broken).toMatchObject({ outcome: 1, violations: [], serves: ["db 1", "other 1", "web 1"] });
    expect(broken.containers).toContain("db 1 running");
  });

  test("with data of its own waits where nothing of it serves yet, too", () => {
    const run = release({}, { services: ["a 1 / stop-first", "b 1 / stop-first"], depends: ["a b"] });
    expect(run).toMatchObject({ outcome: 0, violations: [] });
    expect(started(run)).toEqual(["b", "a"]);
  });

  test("waits for a task that what it depends on waits for, which finds what it needs itself", () => {
    const services = ["api 1", "db 1", "web 1"];
    const run = release({}, { services, tasks: ["migrate 1 api"], depends: ["api db", "web api"] });
    expect(run).toMatchObject({ outcome: 0, serves: services, ledger: ["migrate 1"], violations: [] });
    expect(run.done.filter((line) => /^d_(candidate|task)/.test(line))).toEqual([
      "d_candidate db",
      "d_task migrate",
      "d_candidate api",
      "d_candidate web",
    ]);
  });

  test("is started in a restore, too, when what it depends on is healthy, or does not get so", () => {
    const gone = { serves: ["db 1 exited 1", "web 1 exited 1", "worker 1 exited 1"] };
    const run = deploy({ ...gone, health: ["db:1 slow 2", "web:1 needed db"] }, { mode: "restore" });
    expect(run).toMatchObject({ outcome: 0, serves: FIRST });
    expect(started(run)).toEqual(["db", "web", "worker"]);
    const without = deploy({ ...gone, health: ["db:1 exits 1"] }, { mode: "restore" });
    expect(without).toMatchObject({ outcome: 0, serves: ["web 1", "worker 1"] });
  });

  test("never goes live without it, be it that a release has them in a circle", () => {
    const run = release({}, { services: ["a 1", "b 1", "c 1"], depends: ["a b", "b a"] });
    expect(run).toMatchObject({ outcome: 1, problem: "a: depends on b, which is not healthy", serves: [] });
  });
});
