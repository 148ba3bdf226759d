import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeWorld, release, type World } from "./fake-world.ts";

const AB = ["a 1", "b 1"];
const served: World = { serves: AB };
const deploy = (world: World, services: string[], environment?: Record<string, string>) =>
  release(world, { services, environment });
const restore = (world: World | string, services: string[]) => release(world, { services, mode: "restore" });
const drainOf = (run: { done: readonly string[] }) => run.done.filter((line) => /^d_(busy|retire)/.test(line));

describe("a release", () => {
  test.each([[["dash"]], [["bash", "--norc", "-o", "posix"]], [["busybox", "sh"]]])("goes its way in %j", (shell) => {
    if (spawnSync(shell[0] as string, ["--help"]).error && !process.env.CI) return;
    const run = release(served, { services: ["a 2", "b 1"] }, shell);
    expect(run).toEqual({
      outcome: 0,
      problem: "",
      said: ["a: waiting until it is healthy, 30 s at most", "a: healthy"],
      done: [
        "d_fetch a",
        "d_candidate a",
        "d_put release new.1",
        "d_keep a.2.1",
        "d_keep b.1.0",
        "d_switch new.1",
        "d_accept",
        "d_busy a.1.0",
        "sleep",
        "d_busy a.1.0",
        "d_retire a.1",
      ],
      violations: [],
      serves: ["a 2", "b 1"],
      ledger: [],
      containers: ["a 2 running", "b 1 running"],
    });
  });

  test("of no service serves nothing, and what it no longer has is stopped after the drain", () => {
    const run = deploy(served, []);
    expect(run).toMatchObject({ outcome: 0, serves: [], containers: [], violations: [] });
    expect(drainOf(run).filter((line) => line.startsWith("d_retire"))).toEqual(["d_retire a.1", "d_retire b.1"]);
  });

  test("tells names apart of which one begins as the other", () => {
    const run = deploy({ serves: ["web 1", "web-2 1", "my-web 1"] }, ["web 2", "web-2 1", "my-web 1"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["web 2", "web-2 1", "my-web 1"] });
    expect(run.done.filter((line) => line.startsWith("d_candidate"))).toEqual(["d_candidate web"]);
  });

  test("serves already by its id, the containers and the front's own answer; the books are kept again", () => {
    const again = { services: AB, id: "old" };
    expect(release(served, again)).toMatchObject({ outcome: 0, done: ["d_serves old", "d_accept"] });
    expect(release({ serves: ["a 1", "b 1 exited 1"] }, again).done).toContain("d_candidate b");
    expect(release(served, { services: AB }).done).toContain("d_switch new.1");
    expect(release({ ...served, verdicts: ["d_accept - 75 no books"] }, again)).toMatchObject({
      outcome: 75,
      problem: "no books",
    });
  });
});

describe("what must become healthy", () => {
  const failed = (problem: string) => ({
    outcome: 1,
    problem,
    serves: AB,
    containers: ["a 1 running", "b 1 running"],
    violations: [],
  });

  test.each([
    ["bad", "GET / was answered 500, not 2xx"],
    ["cannot", "nothing can ask"],
    ["exits 3", "its container ended with status 3"],
    ["restarts 4", "its container ends again and again, with status 4"],
    ["oom", "its container needed more than its memory limit and was killed"],
  ])("a new container that is %s fails the release, and what served serves on", (behaviour, reason) => {
    const run = deploy({ ...served, health: [`a:2 ${behaviour}`] }, ["a 2", "b 1"]);
    expect(run).toMatchObject(failed(`a is not healthy: ${reason}`));
    expect(run.said).toEqual([
      "a: waiting until it is healthy, 30 s at most",
      "a: last lines of its log:",
      "    last words of a.2.1",
      "what served before serves on",
    ]);
  });

  test("a slow one is waited for, until the end of its patience", () => {
    expect(deploy({ ...served, health: ["a:2 slow 5"] }, ["a 2", "b 1"]).outcome).toBe(0);
    expect(deploy({ ...served, health: ["a:2 slow 500"] }, ["a 2", "b 1"])).toMatchObject(
      failed("a is not healthy: GET / was answered 500, not 2xx"),
    );
  });

  test("two that fail at once: the first is the reason, both go", () => {
    expect(deploy({ ...served, health: ["a:2 bad", "b:2 exits 1"] }, ["a 2", "b 2"])).toMatchObject({
      outcome: 1,
      serves: AB,
      containers: ["a 1 running", "b 1 running"],
    });
  });

  test("a new check alone is asked of the container that runs", () => {
    const health = ["a:1 check /deep"];
    expect(deploy({ ...served, health }, ["a 1 /deep", "b 1"])).toMatchObject({ outcome: 0, serves: AB });
    const run = deploy({ ...served, health }, ["a 1 /other", "b 1"]);
    expect(run).toMatchObject(failed("a is not healthy: GET /other was answered 500, not 2xx"));
    expect(run.done).not.toContain("d_candidate a");
  });

  test("a new check of a container that ended wants a new container, which must pass it", () => {
    const world = { serves: ["a 1 exited 1", "b 1"], health: ["a:1 bad"] };
    expect(deploy(world, ["a 1 /deep", "b 1"])).toMatchObject({ outcome: 1 });
    expect(deploy({ ...world, health: [] }, ["a 1 /deep", "b 1"])).toMatchObject({ outcome: 0, serves: AB });
  });

  test("what a killed run introduced and never proved must pass too", () => {
    const world = { serves: ["a 1 unproven"], noted: [], health: ["a:1 bad"] };
    expect(deploy(world, ["a 1"])).toMatchObject({ outcome: 1, violations: [] });
    // and does not count as what serves well, which would keep its successors from each other
    const both = {
      serves: ["a 1 unproven", "b 1 unproven"],
      noted: [],
      health: ["a:1 bad", "b:1 bad", "a:2 needs b", "b:2 needs a"],
    };
    expect(deploy(both, ["a 2", "b 2"])).toMatchObject({ outcome: 0, serves: ["a 2", "b 2"], violations: [] });
  });
});

describe("a release fails only by what it changes", () => {
  test("a healthy new a goes out although b asks the broken live a", () => {
    const run = deploy({ serves: ["a 1", "b 1"], health: ["a:1 bad", "b:1 needs a"] }, ["a 2", "b 1"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["a 2", "b 1"], violations: [] });
  });

  test("an unchanged one that is broken is reported, not required", () => {
    const run = deploy({ ...served, health: ["b:1 bad"] }, ["a 2", "b 1"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["a 2", "b 1"] });
    expect(run.said).toContain(
      "b: is not healthy, and this release did not change it: GET / was answered 500, not 2xx",
    );
  });

  test.each([
    ["a 1", "b 1"],
    ["b 1", "a 1"],
  ])("a that needs b at the first release, %s before %s", (...services) => {
    expect(deploy({ health: ["a:1 needs b"] }, services)).toMatchObject({
      outcome: 0,
      violations: [],
      serves: services,
    });
  });

  test("two that are new and need each other", () => {
    expect(deploy({ health: ["a:1 needs b", "b:1 needs a"] }, AB)).toMatchObject({ outcome: 0, serves: AB });
    const broken = { serves: AB, health: ["a:1 bad", "b:1 bad", "a:2 needs b", "b:2 needs a"] };
    expect(deploy(broken, ["a 2", "b 2"])).toMatchObject({ outcome: 0, serves: ["a 2", "b 2"], violations: [] });
  });

  test("a lost container comes again, and the release does not wait for it", () => {
    const lost = { serves: ["a 1", "b 1 exited 1"] };
    expect(deploy(lost, ["a 2", "b 1"])).toMatchObject({
      outcome: 0,
      serves: ["a 2", "b 1"],
      containers: ["a 2 running", "b 1 running"],
    });
    const broken = deploy({ ...lost, health: ["b:1 exits 7", "a:2 slow 3"] }, ["a 2", "b 1"]);
    expect(broken).toMatchObject({ outcome: 0, serves: ["a 2"], containers: ["a 2 running"] });
    expect(broken.said).toContain("b is not healthy: its container ended with status 7; nothing waits for it");
    const unfetched = deploy({ ...lost, verdicts: ["d_fetch b 75 no registry"] }, ["a 2", "b 1"]);
    expect(unfetched).toMatchObject({ outcome: 0, serves: ["a 2"] });
    expect(unfetched.said).toContain("b: no registry");
  });

  test("a renewed one replaces what serves well only once it is healthy itself", () => {
    const renewed = (health: string[]) =>
      release({ serves: ["a 1", "b 1"], health }, { services: ["a 1", "b 2"], environment: { RENEW: "x a" } });
    expect(renewed(["b:2 slow 3"])).toMatchObject({ outcome: 0, serves: ["a 1", "b 2"], violations: [] });
    const broken = renewed(["a:1 bad"]);
    expect(broken).toMatchObject({ outcome: 0, violations: [] });
    expect(broken.done).toContain("d_candidate a");
    const unsure = renewed(["a:1 slow 2"]);
    expect(unsure).toMatchObject({ outcome: 0, violations: [], containers: ["a 1 running", "b 2 running"] });
  });
});

describe("a service of which one container at a time may run", () => {
  const one = (line: string) => `${line} / stop-first`;
  const alone: World = { serves: AB, noted: [one("a 1"), "b 1"] };
  const steps = (run: { done: readonly string[] }) =>
    run.done.filter((line) => /^d_(halt|resume|cand|drop|ret|busy)/.test(line));

  test("is stopped once everything else is healthy, and its successor is waited for", () => {
    const run = deploy({ ...alone, health: ["b:2 slow 3", "a:2 slow 2"] }, [one("a 2"), "b 2"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["a 2", "b 2"], violations: [] });
    expect(run.said.slice(0, 4)).toEqual([
      "b: waiting until it is healthy, 30 s at most",
      "b: healthy",
      "a: stopping what serves, one container at a time has its data",
      "a: waiting until it is healthy, 30 s at most",
    ]);
    // what was stopped for it is not asked whether it is busy
    expect(steps(run).slice(0, 4)).toEqual(["d_candidate b", "d_halt a.1", "d_candidate a", "d_retire a.1"]);
  });

  test.each(["bad", "exits 3"])("runs on as it was where its successor is %s", (behaviour) => {
    const run = deploy({ ...alone, health: [`a:2 ${behaviour}`] }, [one("a 2"), "b 1"]);
    expect(run).toMatchObject({ outcome: 1, serves: AB, containers: ["a 1 running", "b 1 running"], violations: [] });
    expect(steps(run)).toEqual(["d_halt a.1", "d_candidate a", "d_drop a.2", "d_resume a.1"]);
    expect(run.said.at(-1)).toBe("what served before serves on");
    const restored = restore({ ...alone, health: [`a:2 ${behaviour}`] }, [one("a 2"), "b 1"]);
    expect(restored).toMatchObject({
      outcome: 0,
      serves: AB,
      containers: ["a 1 running", "b 1 running"],
      violations: [],
    });
  });

  test("is not stopped for a release that fails by something else", () => {
    const run = deploy({ ...alone, health: ["b:2 bad"] }, [one("a 2"), "b 2"]);
    expect(run).toMatchObject({ outcome: 1, serves: AB });
    expect(steps(run)).toEqual(["d_candidate b", "d_drop b.2"]);
  });

  test("that is broken makes way at once, and what needs it finds its successor", () => {
    const run = deploy({ ...alone, health: ["a:1 bad", "b:2 needs a"] }, [one("a 2"), "b 2"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["a 2", "b 2"], violations: [] });
  });

  test.each(["d_halt a", "d_candidate a"])("%s: runs on", (what) => {
    const run = deploy({ ...alone, verdicts: [`${what} 75 not now`] }, [one("a 2"), "b 1"]);
    expect(run).toMatchObject({ outcome: 75, serves: AB, containers: ["a 1 running", "b 1 running"], violations: [] });
    expect(run.problem).toContain("not now");
  });

  test("of another name that takes its data waits until it is stopped", () => {
    const run = deploy(alone, [one("c 1"), "b 1"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["b 1", "c 1"].toSorted().toReversed(), violations: [] });
    expect(steps(run).slice(0, 2)).toEqual(["d_halt a.1", "d_candidate c"]);
    const failed = deploy({ ...alone, health: ["c:1 bad"] }, [one("c 1"), "b 1"]);
    expect(failed).toMatchObject({ outcome: 1, serves: AB, containers: ["a 1 running", "b 1 running"] });
  });

  test("that becomes one is stopped first, too, and runs on where a killed run stopped it and the next one is of before", () => {
    const world = makeWorld(served);
    expect(release(world, { services: [one("a 2"), "b 1"] })).toMatchObject({ outcome: 0, violations: [] });
    const killed = makeWorld(served);
    writeFileSync(join(killed, "notes/halted"), "a a.1.0\n");
    writeFileSync(join(killed, "instances/a.1.0"), "a 1 exited 0\n");
    writeFileSync(join(killed, "verdicts"), "d_fetch b 75 not now\n");
    expect(release(killed, { services: ["a 1", "b 2"] })).toMatchObject({
      outcome: 75,
      containers: ["a 1 running", "b 1 running"],
    });
  });

  test("that does not start again is said", () => {
    const verdicts = ["d_resume a 1 no such thing"];
    const run = deploy({ ...alone, health: ["a:2 bad"], verdicts }, [one("a 2"), "b 1"]);
    expect(run).toMatchObject({ outcome: 1, problem: "a is not healthy: GET / was answered 500, not 2xx" });
    expect(run.said).toContain("a: it does not start again: no such thing");
  });
});

describe("a restore", () => {
  test("brings up each service that is healthy, one broken neighbour or not", () => {
    const run = restore({ serves: ["a 1 exited 1", "b 1 exited 1"], health: ["b:1 exits 3"] }, AB);
    expect(run).toMatchObject({ outcome: 0, serves: ["a 1"], containers: ["a 1 running"], violations: [] });
    expect(run.said).toContain("b is not healthy: its container ended with status 3; nothing waits for it");
  });

  test.each([
    ["75", 75],
    ["1", 0],
  ])("goes on without an image that is not there; %s: ends with %d", (status, outcome) => {
    const run = restore({ verdicts: [`d_fetch b ${status} no registry`] }, AB);
    expect(run).toMatchObject({ outcome, serves: ["a 1"], problem: outcome ? "b: no registry" : "" });
    expect(run.said).toContain("b: no registry");
  });

  test.each([
    ["noted another check", undefined],
    ["noted nothing", []],
  ])("accepts no check that what runs fails, be it that it had %s: the next release asks it again", (_, noted) => {
    const world = makeWorld({ ...served, noted, health: ["a:1 check /", "b:1 check /deep"] });
    const services = ["a 1 /deep", "b 1 /deep"];
    expect(restore(world, services)).toMatchObject({ outcome: 0, serves: AB, violations: [] });
    expect(release(world, { services, id: "next" })).toMatchObject({
      outcome: 1,
      problem: "a is not healthy: GET /deep was answered 500, not 2xx",
      serves: AB,
    });
    // what passed is asked no more
    writeFileSync(join(world, "health"), "b:1 bad\n");
    expect(release(world, { services, id: "next" })).toMatchObject({ outcome: 0, serves: AB });
  });

  test("keeps what runs where its successor does not get healthy", () => {
    expect(restore({ ...served, health: ["a:2 bad"] }, ["a 2", "b 1"])).toMatchObject({
      outcome: 0,
      serves: AB,
      violations: [],
    });
  });
});

describe("what a driver says", () => {
  const BEFORE = [
    "d_ready -",
    "d_serving -",
    "d_fetch a",
    "d_candidate a",
    "d_put release",
    "d_test new",
    "d_keep a",
    "d_switch new",
    "switched new",
  ];
  test.each(BEFORE.flatMap((what) => [`${what} 1 for good`, `${what} 75 not now`]))("%s", (verdict) => {
    const run = deploy({ ...served, verdicts: [verdict] }, ["a 2", "b 1"]);
    const [, , status, ...reason] = verdict.split(" ");
    expect(run).toMatchObject({
      outcome: Number(status),
      serves: AB,
      containers: ["a 1 running", "b 1 running"],
      violations: [],
    });
    expect(run.problem).toContain(reason.join(" "));
  });

  test.each(["d_put serving", "d_test introduced", "switched introduced"])("%s: what was introduced goes", (what) => {
    const run = deploy({ serves: ["a 1"], verdicts: [`${what} 75 not now`] }, AB);
    expect(run).toMatchObject({ outcome: 75, problem: "not now", serves: ["a 1"], containers: ["a 1 running"] });
  });

  test.each(["d_note services", "d_accept -"])("%s: it serves, and the run says what is left", (what) => {
    const run = deploy({ ...served, verdicts: [`${what} 75 not now`] }, ["a 2", "b 1"]);
    expect(run).toMatchObject({
      outcome: 75,
      problem: "not now",
      serves: ["a 2", "b 1"],
      containers: ["a 2 running", "b 1 running"],
    });
  });

  test.each(["d_retire a", "d_clean -"])("%s: it serves, and the reason is said", (what) => {
    const run = deploy({ ...served, verdicts: [`${what} 75 not now`] }, ["a 2", "b 1"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["a 2", "b 1"] });
    expect(run.said.join()).toContain("not now");
  });

  test("a front that does not go back keeps what it may send requests to", () => {
    const run = deploy({ serves: ["a 1 exited 1"], health: ["a:2 bad"], verdicts: ["d_switch old 75 stuck"] }, ["a 2"]);
    expect(run).toMatchObject({
      outcome: 1,
      problem: "a is not healthy: GET / was answered 500, not 2xx",
      serves: ["a 2"],
      violations: [],
    });
    expect(run.said).toContain("going back: stuck");
  });

  test("where nothing served, nothing is said to serve on", () => {
    const says = "what served before serves on";
    expect(deploy({ health: ["a:1 bad"] }, ["a 1"]).said).not.toContain(says);
    expect(deploy({ serves: ["a 1 exited 1"], health: ["a:2 bad"] }, ["a 2"]).said).not.toContain(says);
  });
});

describe("the drain", () => {
  const drained = (verdict: string, drain = "300") =>
    deploy({ ...served, verdicts: [verdict] }, ["a 2", "b 1"], { DRAIN: drain }).done.filter(
      (line) => line === "d_busy a.1.0",
    ).length;

  test("ends once nobody is connected, seen twice", () => expect(drained("d_none - 0")).toBe(2));
  test.each(["busy a 9 busy", "d_busy a 75 cannot tell"])(
    "lasts as long as declared while it is %s, above 60 s too",
    (verdict) => {
      expect(drained(verdict)).toBeGreaterThan(250);
      expect(drained(verdict, "20")).toBeLessThan(21);
    },
  );
});

describe("a worker, which has no port", () => {
  const world = { serves: ["a 1", "w 1"], noted: ["a 1", "w 1 worker"] };

  test("is asked by its command, replaced once the new one is healthy, and stopped without a drain", () => {
    const run = deploy({ ...world, health: ["w:2 slow 2"] }, ["a 1", "w 2 worker"]);
    expect(run).toMatchObject({ outcome: 0, serves: ["a 1", "w 2"], containers: ["a 1 running", "w 2 running"] });
    expect(run.violations).toEqual([]);
    const ask = "d_ask w.2 port - command 'is' 'well'";
    expect(run.done.filter((line) => line.startsWith("d_ask w.2"))).toEqual([ask, ask]);
    expect(run.done.slice(run.done.indexOf("d_switch new.1"))).toEqual(["d_switch new.1", "d_accept", "d_retire w.1"]);
  });

  test.each(["exits 1", "restarts 1", "bad"])("that %s leaves the one that runs", (behaviour) => {
    const run = deploy({ ...world, health: [`w:2 ${behaviour}`] }, ["a 2", "w 2 worker"]);
    expect(run).toMatchObject({ outcome: 1, serves: ["a 1", "w 1"], containers: ["a 1 running", "w 1 running"] });
    expect(run.problem).toMatch(/^w is not healthy: /);
  });

  test("that gets a port is one of requests from then on, and drained", () => {
    const first = deploy(world, ["a 1", "w 2"]);
    expect(first).toMatchObject({ outcome: 0, serves: ["a 1", "w 2"] });
    expect(first.done).not.toContain("d_busy w.1.0");
    const back = deploy({ serves: ["w 1"] }, ["w 2 worker"]);
    expect(back.done).toContain("d_busy w.1.0");
  });
});

test.each(["TERM", "INT", "HUP"])("told to stop by %s, it puts back what served and ends with 75", (signal) => {
  const folder = makeWorld({ serves: ["a 1 exited 1", "b 1"], health: ["a:2 bad"] });
  // the third time that it sleeps, the signal comes
  const run = release(folder, { services: ["a 2", "b 1"], environment: { STOP: signal } });
  expect(run).toMatchObject({
    outcome: 75,
    serves: ["a 1", "b 1"],
    containers: ["a 1 exited 1", "b 1 running"],
    violations: [],
  });
  expect(run.said.at(-1)).toBe("was told to stop");
});
