import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import fc from "fast-check";
import { lifecyclePolicy } from "../../../src/aws/lifecycle-policy.ts";
import type { LifecycleRule } from "./ecr-lifecycle.ts";
import { type Event, type History, type Host, REPOSITORIES, type Regime, World } from "./world.ts";

const HISTORIES = 10_000;
const WINDOW = resolve(__dirname, "../../../src/aws/nano/release-window.awk");
const KEPT = 2;
const { rules: RULES } = JSON.parse(lifecyclePolicy({ keepReleases: KEPT, expireUntaggedAfterDays: 2 })) as {
  rules: LifecycleRule[];
};

const pick = fc.record({ repository: fc.nat(REPOSITORIES - 1), content: fc.nat(7) }, { requiredKeys: ["repository"] });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("release" as const),
      host: fc.nat(2),
      images: fc.array(pick, { minLength: 1, maxLength: 2 }),
      end: fc.constantFrom("serves", "serves", "serves", "fails", "late", "lost"),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rollback" as const), host: fc.nat(2), back: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("again" as const), host: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("others" as const), repository: fc.nat(1), tagged: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("days" as const), days: fc.integer({ min: 1, max: 3 }) }) },
);
const history: fc.Arbitrary<History> = fc.record({
  keeps: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  events: fc.array(event, { minLength: 8, maxLength: 24 }),
});
const made = fc.sample(history, { numRuns: HISTORIES, seed: 20_250_101 });

/** Which tags go, by the program that the step of the apply runs, once over all that ask. */
function letGo(asking: readonly (readonly [World, Host])[]): void {
  const input = asking.flatMap(([world, host]) => world.question(host)).join("\n");
  const { status, stdout } = spawnSync("awk", ["-f", WINDOW], { input, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`awk ended with ${status}`);
  const worlds = new Map(asking.map(([world]) => [world.id, world]));
  for (const line of stdout.split("\n").filter(Boolean)) {
    const [, place, tag, id] = /^r(\d) (release-w(\d+)-\S+)$/.exec(line) as unknown as string[];
    (worlds.get(Number(id)) as World).removeTag(Number(place), tag as string);
  }
}

/** Plays an event of each world, all worlds side by side. */
function playEach(worlds: readonly World[], eventOf: (world: World) => Event | undefined, decides: boolean): void {
  const asking: [World, Host][] = [];
  for (const world of worlds) {
    const next = eventOf(world);
    const host = next && world.play(next);
    if (host) asking.push([world, host]);
  }
  if (decides && asking.length > 0) letGo(asking);
}

/** Plays `histories` under `regime`, and returns them, and each world where something was missing, with what it was. */
function play(regime: Regime, histories: readonly History[]): { worlds: World[]; broken: Map<World, string[]> } {
  const worlds = histories.map((each, id) => new World(id, each, regime));
  const broken = new Map<World, string[]>();
  for (let at = 0; at < 24; at++) {
    playEach(worlds, ({ history: { events } }) => events[at], regime === HOLDS);
    for (const world of worlds) {
      const missing = broken.has(world) ? [] : world.missing();
      if (missing.length > 0) broken.set(world, missing);
    }
  }
  return { worlds, broken };
}

const HOLDS: Regime = { rules: () => RULES, holds: true };
/** As it was: a rule for what no tag names, and a count of releases. */
const COUNTS: Regime = { rules: () => RULES.slice(1), holds: false };
/** A rule for each host that counts the tags of its own, before the others. */
const RULE_A_HOST: Regime = {
  rules: (hosts) =>
    [
      ...hosts.map(({ tag, keep }) => ({
        selection: {
          ...({ tagStatus: "tagged", countType: "imageCountMoreThan" } as const),
          tagPrefixList: [`${tag}.`],
          countNumber: keep,
        },
      })),
      ...RULES.slice(1),
    ].map((rule, place) => ({ ...rule, rulePriority: place + 1 })),
  holds: true,
};

describe(`${HISTORIES} histories of hosts that share repositories`, () => {
  const { worlds, broken } = play(HOLDS, made);

  test("never lose what is live, or one of the last releases that were", () => {
    const [first] = broken;
    expect(first && { history: JSON.stringify(first[0].history), missing: first[1] }).toBeUndefined();
  });

  test("are of a kind that loses it by a count alone, and by a rule for each host", () => {
    const some = made.slice(0, 1_000);
    expect(play(COUNTS, some).broken.size).toBeGreaterThan(some.length / 100);
    expect(play(RULE_A_HOST, some).broken.size).toBeGreaterThan(some.length / 100);
  });

  test("forget in the end whatever nobody may go back to", () => {
    const some = worlds.slice(0, 1_000);
    const before = some.map((world) => new Set(world.repositories.flatMap((each) => [...each.keys()])));
    for (let round = 0; round < 5; round++) {
      for (let host = 0; host < 3; host++) {
        const images = Array.from({ length: REPOSITORIES }, (_, repository) => ({ repository }));
        const next: Event = { kind: "release", host, images, end: "serves" };
        playEach(some, (world) => (host < world.hosts.length ? next : undefined), true);
      }
      playEach(some, () => ({ kind: "days", days: 1 }), true);
    }
    playEach(some, () => ({ kind: "days", days: 3 }), true);
    const left = some.flatMap((world, id) =>
      world.repositories.flatMap((each) => [...each.keys()].filter((digest) => before[id]?.has(digest))),
    );
    expect(left).toEqual([]);
    const most = Math.max(...some.flatMap(({ repositories }) => repositories.map(({ size }) => size)));
    expect(most).toBeLessThanOrEqual(3 * 4 + KEPT);
  });
});
