import { readPlan } from "../../src/review/plan.ts";

const change = (address: string, actions: readonly string[], more: object = {}) => ({
  ...{ address, mode: "managed", provider_name: "registry.opentofu.org/kreuzwerker/docker" },
  change: { actions, ...more },
});
const read = (...changes: object[]) =>
  readPlan(JSON.stringify({ format_version: "1.2", resource_changes: changes }), (address) =>
    address === "docker_container.web" ? "cats/host/web" : undefined,
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

describe("a plan that was made elsewhere", () => {
  const declared = ["docker_container.web", "docker_network.net", "docker_volume.data"];
  const warned = (...changes: object[]) =>
    readPlan(
      JSON.stringify({ format_version: "1.2", resource_changes: changes }),
      (address) => (declared.includes(address.replace(/\[.*$/, "")) ? "cats/host" : undefined),
      declared,
    ).warnings;
  const own = declared.map((address) => change(address, ["no-op"]));

  test.each<[string, object[]]>([
    ["has all that is declared", own],
    ["has what goes away, too", [...own, change("docker_container.old", ["delete"])]],
    ["forgets what is no longer declared", [...own, change("docker_container.old", ["forget"])]],
    ["has several of one", [...own, change("docker_container.web[0]", ["create"])]],
    ["has what a module declares", [...own, change("module.shop.docker_container.x", ["create"])]],
  ])("is of this version where it %s", (_, changes) => {
    expect(warned(...changes)).toEqual([]);
  });

  test.each<[string, object[], string]>([
    ["lacks something", own.slice(1), "does not have docker_container.web"],
    ["lacks several", own.slice(0, 1), "does not have docker_network.net and 1 more"],
    [
      "has something else",
      [...own, change("docker_container.old", ["create"])],
      "has docker_container.old, which this one does not declare",
    ],
    [
      "has something else in its place",
      [...own.slice(1), change("docker_container.old", ["delete", "create"])],
      "has docker_container.old, which this one does not declare, and does not have docker_container.web",
    ],
  ])("is said to be of another version where it %s", (_, changes, differs) => {
    expect(warned(...changes)).toEqual([
      `The plan is of another version of the stack, or of a part of it: it ${differs}.`,
    ]);
  });
});
