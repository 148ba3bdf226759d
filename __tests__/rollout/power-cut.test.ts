import { powerCuts, type World } from "./fake-world.ts";

const NEW = ["a 2", "b 2", "c 1"];
const OLD = ["a 1", "b 1", "d 1"];
const THEN = [
  { services: NEW },
  { services: ["a 3", "b 2", "d 1"], id: "other" },
  { services: OLD, id: "old", mode: "restore" as const },
];

/**
 * Bash runs the core and photographs the world after every line that changed it, which is all that a cut leaves.
 * Whatever the next run is, it ends with its release serving, something proven behind every name, nothing left over, and
 * nothing that is well was stopped or replaced before its successor was proven.
 */
test.each<[string, World, number, string[]]>([
  ["a first release", { health: ["a:2 needs b", "b:2 needs a"] }, 8, []],
  ["a release of what serves well", { serves: OLD, health: ["a:2 slow 2"] }, 8, []],
  [
    "a release that mends what is broken",
    { serves: ["a 1 exited 1", "b 1", "d 1"], health: ["a:2 needs b", "b:2 slow 2"] },
    8,
    [],
  ],
  [
    "a release with a migration",
    { serves: OLD, ledger: ["migrate 1"] },
    12,
    ["migrate 2 a", "migrate 3 a,d", "migrate 1"],
  ],
])("a power cut after every line of %s", (_, world, least, tasks) => {
  const then = THEN.map((each, at) => ({ ...each, tasks: tasks.slice(at, at + 1) }));
  const { cuts, wrong } = powerCuts(world, { services: NEW, tasks: tasks.slice(0, 1) }, then);
  expect(wrong).toEqual([]);
  expect(cuts).toBeGreaterThanOrEqual(least);
});

const stopFirst = (lines: readonly string[]) => lines.map((line) => `${line} / stop-first`);

test("a power cut after every line of a release of services of which one container at a time may run", () => {
  const world = { serves: ["a 1 exited 1", "b 1", "d 1"], noted: stopFirst(OLD), health: ["b:2 slow 2"] };
  const then = THEN.map((each) => ({ ...each, services: stopFirst(each.services) }));
  const { cuts, wrong } = powerCuts(world, { services: stopFirst(NEW) }, then);
  expect(wrong).toEqual([]);
  expect(cuts).toBeGreaterThanOrEqual(14);
});

test("a power cut after every line of a release of services that depend on others", () => {
  const depends = ["a b,c", "b c"];
  const then = THEN.map((each) => ({ ...each, depends: each.services.includes("c 1") ? depends : ["a b"] }));
  const world = { serves: OLD, health: ["c:1 slow 2", "a:2 needs c"] };
  const { cuts, wrong } = powerCuts(world, { services: NEW, depends }, then);
  expect(wrong).toEqual([]);
  expect(cuts).toBeGreaterThanOrEqual(8);
});

test.each([
  ["a core that stops what serves before its successor is proven", "r_await() { :; }"],
  ["a driver that leaves what a run before has begun", "d_ready() { :; }"],
])("the same looks find the harm of %s", (_, change) => {
  const again = { services: ["a 2"] };
  expect(powerCuts({ serves: ["a 1"], health: ["a:2 slow 2"] }, again, [again], change).wrong).not.toEqual([]);
});
