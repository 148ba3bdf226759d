import { readPlan } from "../../src/review/plan.ts";

const change = (address: string, actions: readonly string[], more: object = {}) => ({
  ...{ address, mode: "managed", provider_name: "registry.opentofu.org/kreuzwerker/docker" },
  change: { actions, ...more },
});
const read = (...changes: object[]) =>
  readPlan(
    JSON.stringify({ format_version: "1.2", resource_changes: changes }),
    (address) => (address === "docker_container.web" ? "cats/host/web" : undefined),
    true,
  );

test("names who makes a resource, by Terraform and by OpenTofu alike, and its construct", () => {
  expect(read(change("docker_container.web", ["update"])).changes).toEqual([
    {
      address: "docker_container.web",
      path: "cats/host/web",
      provider: "kreuzwerker/docker",
      action: "updated",
      why: [],
    },
  ]);
});

test.each<[string, object | null, string]>([
  ["by its label", { labels: [{ label: "dev.slipway.construct", value: "cats/data" }] }, "cats/data"],
  ["by its address without one", { labels: [{ label: "other", value: "x" }] }, "docker_volume.data"],
  ["by its address where labels are of another form", { labels: { a: "b" } }, "docker_volume.data"],
  ["by its address where nothing is known of it", null, "docker_volume.data"],
])("calls what is no longer declared %s", (_, before, path) => {
  expect(read(change("docker_volume.data", ["delete"], { before })).changes[0]?.path).toBe(path);
});

test.each<[string, object[], boolean]>([
  ["all of it is created", [change("a.a", ["create"]), change("a.b", ["create"])], true],
  ["something is there", [change("a.a", ["create"]), change("a.b", ["no-op"])], false],
  ["all of it goes", [change("a.a", ["delete"])], false],
  ["something is made anew", [change("a.a", ["create", "delete"])], false],
])("is a first one or not where %s", (_, changes, isFirst) => {
  expect(read(...changes).isFirst).toBe(isFirst);
});

test("has no change of what is only read", () => {
  expect(read({ ...change("data.x.y", ["read"]), mode: "data" }).changes).toEqual([]);
});
