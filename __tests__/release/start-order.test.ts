import fc from "fast-check";
import { service } from "../../src/release/service.ts";
import { serviceSpec } from "../../src/release/service-spec.ts";
import { refuseImpossibleOrder } from "../../src/release/start-order.ts";
import { dependencyLines } from "../../src/rollout/dependency-lines.ts";
import { HealthCheck } from "../../src/values/health-check.ts";
import { fuzzRuns } from "../values/fuzz-runs.ts";

const IMAGE = `web@sha256:${"a1".repeat(32)}`;
const declared = (name: string, dependsOn?: readonly string[]) =>
  service({ name, image: IMAGE, health: HealthCheck.running(1), dependsOn });
const check = (order: Readonly<Record<string, readonly string[]>>) =>
  refuseImpossibleOrder(new Map(Object.entries(order).map(([name, on]) => [name, declared(name, on)])));

test.each<[string, Readonly<Record<string, readonly string[]>>, string]>([
  [
    "what is not declared",
    { web: ["db"], api: [] },
    'service web must depend on a service that is declared, got "db": declared: api, web',
  ],
  [
    "itself",
    { web: ["web"] },
    'service web must not depend on itself, got "web → web": leave one of these dependencies out, and let that program try again',
  ],
  [
    "itself by others",
    { a: ["b"], b: ["d", "c"], c: ["a"], d: [] },
    'service a must not depend on itself, got "a → b → c → a"',
  ],
])("a service that depends on %s is refused", (_, order, message) => {
  expect(() => check(order)).toThrow(message);
});

test("an order is refused exactly where it has a circle, and the circle is one", () => {
  const names = ["a", "b", "c", "d", "e"];
  const graph = fc.tuple(...names.map(() => fc.subarray(names)));
  fc.assert(
    fc.property(graph, fc.boolean(), (edges, isSorted) => {
      // the edges that lead back alone, of every other graph
      const on = (at: number) => (edges[at] as string[]).filter((each) => !isSorted || names.indexOf(each) < at);
      const order = Object.fromEntries(names.map((name, at) => [name, on(at)]));
      const open = new Set(names);
      for (let before = -1; before !== open.size; ) {
        before = open.size;
        for (const name of open) if (!order[name]?.some((each) => open.has(each))) open.delete(name);
      }
      if (open.size === 0) return expect(() => check(order)).not.toThrow();
      let said = "";
      try {
        check(order);
      } catch (error) {
        said = (error as Error).message;
      }
      const circle = (/got "(.*)":/.exec(said)?.[1] ?? "").split(" → ");
      expect(circle.length).toBeGreaterThan(1);
      expect(circle.at(-1)).toBe(circle[0]);
      for (const [at, name] of circle.slice(1).entries()) expect(order[circle[at] as string]).toContain(name);
    }),
    fuzzRuns,
  );
});

test("it is sorted, once each, left out where there is nothing, and no part of what a container is made of", () => {
  const web = declared("web", ["db", "cache", "db"]);
  expect(web.dependsOn).toEqual(["cache", "db"]);
  expect(serviceSpec(web)).toEqual(serviceSpec(declared("web")));
  for (const none of [undefined, []]) expect(declared("web", none)).not.toHaveProperty("dependsOn");
  expect(dependencyLines([declared("db"), web, declared("api", ["web"])])).toBe("web\tcache,db\napi\tweb\n");
  expect(dependencyLines([declared("db")])).toBe("");
});
