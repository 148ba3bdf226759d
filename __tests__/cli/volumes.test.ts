import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Arguments } from "../../src/cli/arguments.mjs";
import type { Tools } from "../../src/cli/tools.ts";
import { volumes } from "../../src/cli/volumes.ts";
import { RecordedCommand } from "./recorded-command.ts";

const labels = (volume: string) =>
  JSON.stringify([
    {
      Labels: {
        "dev.slipway.volume": volume,
        "dev.slipway.volume.host": "shop/host",
        "dev.slipway.volume.stack": "shop",
      },
    },
  ]);
const ENGINE = {
  "docker volume ls": "shop-host-volume-redis\nshop-host-volume-old\n",
  "docker volume inspect shop-host-volume-redis": labels("redis"),
  "docker volume inspect shop-host-volume-old": labels("old"),
  "docker volume inspect other": '[{"Labels":null}]',
  "docker volume inspect": { code: 1, stderr: "no such volume" },
  "docker system df": '[{"Name":"shop-host-volume-redis","Size":"1.2MB"},{"Name":"shop-host-volume-old","Size":"N/A"}]',
  "docker ps --all --filter volume=shop-host-volume-redis": "shop-host-redis-1\trunning\tshop/host/redis/Container\n",
};

/** Runs the verb on an engine of that kind, with a person who types that; returns how it ends and what it says. */
async function run(asked: Partial<Arguments>, engine: RecordedCommand, typed?: string) {
  const root = mkdtempSync(join(tmpdir(), "slipway-volumes-"));
  mkdirSync(join(root, "out/stacks/shop"), { recursive: true });
  const mounts = [{ type: "volume", source: "shop-host-volume-redis" }, { type: "tmpfs" }];
  writeFileSync(
    join(root, "out/stacks/shop/cdk.tf.json"),
    JSON.stringify({ resource: { docker_container: { redis: { mounts } } } }),
  );
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const terminal = { line: say, fail: say, note: say, ask: async () => typed };
  const tools = { terminal, project: { root, output: "out" }, command: engine } as unknown as Tools;
  const code = await volumes({ verb: "volumes", ...asked }, tools);
  return { code, said };
}

it("lists what hosts keep, who uses it, and whether it is declared", async () => {
  const engine = new RecordedCommand(ENGINE);
  expect(await run({ operand: "shop" }, engine)).toEqual({
    code: 0,
    said: [
      "shop-host-volume-old    shop/host        ?      not in use  no longer declared, kept",
      "shop-host-volume-redis  shop/host/redis  1.2MB  in use      declared",
    ],
  });
  expect(engine.asked[0]).toContain("label=dev.slipway.volume.stack=shop");
});

it("prints the same for programs", async () => {
  const log = jest.spyOn(console, "log").mockImplementation(() => {});
  expect(await run({ json: true }, new RecordedCommand(ENGINE))).toEqual({ code: 0, said: [] });
  expect(JSON.parse(log.mock.calls[0]?.[0])).toMatchObject({
    schema: 1,
    volumes: [
      { name: "shop-host-volume-old", volume: "old", host: "shop/host", stack: "shop", users: [], declared: false },
      {
        name: "shop-host-volume-redis",
        size: "1.2MB",
        users: [{ container: "shop-host-redis-1", state: "running", service: "shop/host/redis" }],
        declared: true,
      },
    ],
  });
  log.mockRestore();
});

it("says that there is none", async () => {
  const { said } = await run({}, new RecordedCommand({ "docker volume ls": "" }));
  expect(said).toEqual(["no host has a volume here"]);
});

it.each<[string, Partial<Arguments>, string | undefined, string]>([
  [
    "that is of no host",
    { volume: "other", confirm: "other" },
    undefined,
    "other is no volume of a host on this engine",
  ],
  ["that is not there", { volume: "gone", confirm: "gone" }, undefined, "gone is no volume of a host"],
  [
    "that is used",
    { volume: "shop-host-volume-redis", confirm: "shop-host-volume-redis" },
    undefined,
    "is used by shop-host-redis-1 (running)",
  ],
  ["where nobody is asked", { volume: "shop-host-volume-old" }, undefined, "add --confirm shop-host-volume-old"],
  ["for another name", { volume: "shop-host-volume-old", confirm: "old" }, undefined, 'the name typed is "old"'],
  ["for a yes", { volume: "shop-host-volume-old" }, "y", 'the name typed is "y"'],
])("deletes none %s", async (_, asked, typed, problem) => {
  const engine = new RecordedCommand(ENGINE);
  const { code, said } = await run(asked, engine, typed);
  expect([code, said.join("\n")]).toEqual([1, expect.stringContaining(problem)]);
  expect(engine.asked.filter((line) => line.includes("volume rm"))).toEqual([]);
});

it.each<[Partial<Arguments>, string | undefined]>([
  [{ confirm: "shop-host-volume-old" }, undefined],
  [{}, "shop-host-volume-old"],
])("deletes one whose name was typed", async (asked, typed) => {
  const engine = new RecordedCommand(ENGINE);
  expect(await run({ volume: "shop-host-volume-old", ...asked }, engine, typed)).toEqual({
    code: 0,
    said: ["shop-host-volume-old is deleted"],
  });
  expect(engine.asked.at(-1)).toBe("docker volume rm shop-host-volume-old");
});
