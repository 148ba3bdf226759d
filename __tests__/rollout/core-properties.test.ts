import fc from "fast-check";
import { fuzzRuns } from "../values/fuzz-runs.ts";
import { type Release, releases, type World } from "./fake-world.ts";

const NAMES = ["a", "b", "c"];
const BEFORE = ["absent", "ok", "bad", "dead"] as const;
const AFTER = ["removed", "same", "ok", "slow 2", "bad", "exits 1", "needs a", "needs b"] as const;
const TASK = ["absent", "has run", "is due", "is due before a", "fails", "hangs before b"] as const;
const FAULTS = [
  "d_ledger -",
  "d_fetch migrate",
  "d_task migrate",
  "d_record -",
  "d_ready -",
  "d_fetch a",
  "d_candidate b",
  "d_halt a",
  "d_put release",
  "d_put serving",
  "d_test new",
  "d_keep a",
  "switched new",
];

interface Change {
  readonly before: readonly (typeof BEFORE)[number][];
  readonly after: readonly (typeof AFTER)[number][];
  /** Of which one container at a time may run. */
  readonly alone: readonly boolean[];
  readonly task: (typeof TASK)[number];
  /** Whether the second depends on the first, and the third on the second or the first. */
  readonly depends: readonly ("" | "b a" | "c b" | "c a")[];
  /** Without a port. */
  readonly worker: readonly boolean[];
  readonly fault?: string;
  readonly mode: "deploy" | "restore";
}

const each = <T>(values: readonly T[]) => fc.tuple(...NAMES.map(() => fc.constantFrom(...values)));
const change: fc.Arbitrary<Change> = fc.record({
  before: each(BEFORE),
  after: each(AFTER),
  alone: each([false, true]),
  task: fc.constantFrom("absent", ...TASK),
  depends: fc.tuple(fc.constantFrom("", "b a"), fc.constantFrom("", "c b", "c a")),
  worker: each([false, false, true]),
  fault: fc.option(fc.constantFrom(...FAULTS), { nil: undefined, freq: 3 }),
  mode: fc.constantFrom("deploy", "deploy", "restore"),
});

function changed({ before, after, alone, worker, depends, task, fault, mode }: Change): [World, Release] {
  const declared = (name: string, spec: string) => {
    const path = worker[NAMES.indexOf(name)] ? "worker" : "/";
    return `${name} ${spec} ${path}${alone[NAMES.indexOf(name)] ? " stop-first" : ""}`;
  };
  const now = (index: number) => (after[index] === "same" ? "1" : "2");
  return [
    {
      serves: NAMES.flatMap((name, index) => {
        if (before[index] === "absent") return [];
        return [`${name} 1${before[index] === "dead" ? " exited 1" : ""}`];
      }),
      noted: NAMES.flatMap((name, index) => (before[index] === "absent" ? [] : [declared(name, "1")])),
      health: NAMES.flatMap((name, index) => [
        ...(before[index] === "bad" ? [`${name}:1 bad`] : []),
        ...(after[index] === "same" ? [] : [`${name}:2 ${after[index]}`]),
      ]).concat(task === "fails" ? "migrate:2 exits 4" : task.startsWith("hangs") ? "migrate:2 hangs" : []),
      ledger: task === "has run" ? ["migrate 1", "migrate 2"] : ["migrate 1"],
      verdicts: fault ? [`${fault} 75 not now`] : [],
    },
    {
      mode,
      depends: depends.filter(
        (line) => line !== "" && !NAMES.some((name, at) => after[at] === "removed" && line.includes(name)),
      ),
      tasks: task === "absent" ? undefined : [`migrate 2 ${/before (.)/.exec(task)?.[1] ?? "-"}`],
      services: NAMES.flatMap((name, index) => (after[index] === "removed" ? [] : [declared(name, now(index))])),
    },
  ];
}

test("whatever a release changes and whatever fails, what is well serves until its successor is proven", () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 12, maxLength: 12 }), (changes) => {
      const runs = releases(changes.map(changed));
      for (const [index, run] of runs.entries()) {
        const { before, after, task, fault, mode } = changes[index] as Change;
        const [{ serves = [] }, release] = changed(changes[index] as Change);
        const services = release.services.map((line) => line.split(" ").slice(0, 2).join(" "));
        const specs = serves.map((line) => line.split(" ").slice(0, 2).join(" "));
        expect({ change: changes[index], violations: run.violations }).toEqual({
          change: changes[index],
          violations: [],
        });
        expect(run.problem).not.toContain("standard error");
        if (run.outcome === 0) {
          // nothing runs that requests do not go to, and a deploy brought all that it changed
          expect(run.containers.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual(run.serves.toSorted());
          const wanted = services.filter((line) => mode === "deploy" && line.endsWith(" 2"));
          expect(wanted.filter((line) => !run.serves.includes(line))).toEqual([]);
          if (mode === "deploy" && task !== "absent") expect(run.ledger).toContain("migrate 2");
        } else if (mode === "deploy" || !/d_(fetch|halt|candidate)/.test(fault ?? "")) {
          // a restore goes on without what cannot start, and says that it is to be tried again
          expect(run.serves).toEqual(specs);
          expect(run.containers.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual(specs);
        }
        // what was well is well, or its successor is, be it that it was stopped meanwhile
        const runs = (line: string) => /^\w \d running$/.test(line);
        const well = NAMES.filter((_, at) => before[at] === "ok" && after[at] !== "removed");
        expect(well.filter((name) => !run.containers.some((line) => line.startsWith(name) && runs(line)))).toEqual([]);
        if (fault) continue;
        const cannotRun = /fails|hangs/.test(task);
        if (mode === "restore" || cannotRun) expect(run.ledger).not.toContain(task === "has run" ? "" : "migrate 2");
        if (mode === "restore") expect(run.outcome).toBe(0);
        else if (cannotRun) expect(run.outcome).toBe(1);
        else if (after.some((what) => /bad|exits/.test(what))) expect(run.outcome).toBe(1);
        else if (!after.some((what) => what.startsWith("needs"))) expect(run.outcome).toBe(0);
        if (mode === "restore") {
          const healthy = services.filter((line) => {
            const at = NAMES.indexOf(line[0] as string);
            if (after[at] === "same") return before[at] !== "bad";
            return /^(ok|slow)/.test(after[at] as string);
          });
          expect(healthy.filter((line) => !run.serves.includes(line))).toEqual([]);
        }
      }
    }),
    { numRuns: Math.ceil(fuzzRuns.numRuns / 50), endOnFailure: true },
  );
});
