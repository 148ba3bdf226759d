import { release, type World } from "./fake-world.ts";

const served: World = { serves: ["a 1", "b 1"], ledger: ["migrate 1"] };
const NEW = ["a 2", "b 2"];
const deploy = (world: World, tasks: string[], services = NEW) => release(world, { services, tasks });
const whole = {
  serves: ["a 1", "b 1"],
  containers: ["a 1 running", "b 1 running"],
  violations: [] as string[],
};

describe("a task", () => {
  test("runs before what it stands before is started, and after the rest is healthy", () => {
    const run = deploy(served, ["migrate 2 a"]);
    expect(run).toMatchObject({ outcome: 0, serves: NEW, ledger: ["migrate 1", "migrate 2"], violations: [] });
    const steps = run.done.filter((line) => /^d_(fetch|candidate|task|record|retire m|switch)/.test(line));
    expect(steps).toEqual([
      "d_fetch a",
      "d_fetch b",
      "d_fetch migrate",
      "d_candidate b",
      "d_task migrate",
      "d_record",
      "d_retire migrate.2",
      "d_candidate a",
      "d_switch new.1",
    ]);
    expect(run.said.slice(0, 5)).toEqual([
      "b: waiting until it is healthy, 30 s at most",
      "b: healthy",
      "migrate: running, 300 s at most",
      "    log of migrate.2.2",
      "migrate: done",
    ]);
  });

  test("that says nothing runs before all, and several in their order", () => {
    const run = deploy(served, ["z 1", "migrate 2", "done 1 a"], NEW);
    expect(run).toMatchObject({ outcome: 0, violations: [], ledger: ["migrate 1", "z 1", "migrate 2", "done 1"] });
    expect(run.done.filter((line) => /^d_(candidate|task)/.test(line))).toEqual([
      "d_task z",
      "d_task migrate",
      "d_task done",
      "d_candidate a",
      "d_candidate b",
    ]);
  });

  test("finds what it needs at a first release: what it does not stand before serves its neighbours by then", () => {
    const run = deploy({}, ["migrate 1 a"], ["a 1", "db 1"]);
    expect(run).toMatchObject({ outcome: 0, violations: [], serves: ["a 1", "db 1"] });
    const [introduced, task] = ["d_switch introduced.1", "d_task migrate"].map((line) => run.done.indexOf(line));
    expect(introduced).toBeGreaterThan(0);
    expect(introduced).toBeLessThan(task as number);
  });

  test("does not wait for ever for what needs what it stands before, and only where nothing of that serves", () => {
    const health = ["b:2 needs a"];
    const run = deploy({ health }, ["migrate 2 a"]);
    expect(run).toMatchObject({ outcome: 0, serves: NEW, violations: [], ledger: ["migrate 2"] });
    expect(run.said).toContain("b: is not healthy yet, and may need what waits for the tasks");
    // b is broken by itself: it fails before anything is migrated
    const broken = deploy({ ...served, health: ["b:2 bad"] }, ["migrate 2 a"]);
    expect(broken).toMatchObject({ ...whole, outcome: 1, ledger: ["migrate 1"] });
    expect(broken.done).not.toContain("d_task migrate");
    const brokenAtFirst = deploy({ health: ["b:2 bad"] }, ["migrate 2 a"]);
    expect(brokenAtFirst).toMatchObject({ outcome: 1, problem: "b is not healthy: GET / was answered 500, not 2xx" });
  });

  test("that has run does not run again, whatever else changes; nor is the ledger read where there is none", () => {
    const again = deploy(served, ["migrate 1 a"]);
    expect(again).toMatchObject({ outcome: 0, serves: NEW, ledger: ["migrate 1"], violations: [] });
    expect(again.done).not.toContain("d_task migrate");
    expect(release({ ...served, verdicts: ["d_ledger - 75 no ledger"] }, { services: NEW })).toMatchObject({
      outcome: 0,
    });
  });

  test("runs although no service changes, and although the release serves already", () => {
    const same = { services: ["a 1", "b 1"], tasks: ["migrate 2"] };
    expect(release(served, same)).toMatchObject({ outcome: 0, ledger: ["migrate 1", "migrate 2"] });
    expect(release(served, { ...same, id: "old" })).toMatchObject({ outcome: 0, ledger: ["migrate 1", "migrate 2"] });
  });

  test("never runs in a restore", () => {
    const run = release(
      { ...served, serves: ["a 1 exited 1", "b 1"] },
      { services: ["a 1", "b 1"], tasks: ["migrate 2"], mode: "restore" },
    );
    expect(run).toMatchObject({ outcome: 0, ledger: ["migrate 1"], serves: ["a 1", "b 1"] });
  });
});

describe("what is whole after a task that", () => {
  test.each([
    ["exits 3", "migrate failed: its container ended with status 3"],
    ["oom", "migrate failed: its container needed more than its memory limit and was killed"],
    ["hangs", "migrate failed: it had not ended after 300 s"],
  ])("%s: what served, and the ledger; the next release runs it anew", (behaviour, problem) => {
    for (const before of ["", " a"]) {
      const run = deploy({ ...served, health: [`migrate:2 ${behaviour}`] }, [`migrate 2${before}`]);
      expect(run).toMatchObject({ ...whole, outcome: 1, problem, ledger: ["migrate 1"] });
      expect(run.done).toContain("d_drop migrate.2");
      expect(run.done).not.toContain("d_candidate a");
      expect(run.said.at(-1)).toBe("what served before serves on");
    }
  });

  test.each([
    ["d_ledger - 75 no ledger", "no ledger"],
    ["d_fetch migrate 75 no registry", "migrate: no registry"],
    ["d_task migrate 75 no engine", "migrate: no engine"],
    ["d_record - 75 no answer", "migrate has run, which cannot be recorded: no answer"],
  ])("meets %s", (verdict, problem) => {
    const run = deploy({ ...served, verdicts: [verdict] }, ["migrate 2"]);
    expect(run).toMatchObject({ ...whole, outcome: 75, problem, ledger: ["migrate 1"] });
  });

  test("was told to stop while it ran", () => {
    const world = { ...served, health: ["migrate:2 hangs"] };
    const run = release(world, { services: NEW, tasks: ["migrate 2"], environment: { STOP: "TERM" } });
    expect(run).toMatchObject({ ...whole, outcome: 75, ledger: ["migrate 1"] });
    expect(run.done).toContain("d_drop migrate.2");
  });
});
