import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lastWords, run } from "../../src/cli/command.mjs";
import { request } from "../../src/cli/http-request.mjs";
import { difference, formatLockfile, lock, resolveAll } from "../../src/cli/lock.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { DIGEST, RegistryDouble } from "./registry-double.ts";

it("writes sorted text", () => {
  expect(formatLockfile({ "b/b:1": "sha256:2", "a/a:1": "sha256:1" })).toBe(
    '{\n  "version": 1,\n  "images": {\n    "a/a:1": "sha256:1",\n    "b/b:1": "sha256:2"\n  }\n}\n',
  );
});

it("tells what moved", () => {
  expect(difference({ gone: "1", same: "2", moved: "3" }, { moved: "4", same: "2", added: "5" })).toEqual([
    "+ added 5",
    "- gone: no stack asks for it",
    "~ moved 3 -> 4",
  ]);
});

it("gathers every failure", async () => {
  const digestOf = async (reference: string) => {
    if (reference === "b") return "sha256:b";
    throw new Error(`${reference}: no`);
  };
  expect(await resolveAll(["a", "b", "c"], { digestOf })).toEqual({
    pins: { b: "sha256:b" },
    failures: ["a: no", "c: no"],
  });
});

describe("in a project", () => {
  let registry: RegistryDouble;
  let root: string;
  let said: string[];

  const before = process.env.SLIPWAY_LOCKFILE;

  beforeEach(async () => {
    delete process.env.SLIPWAY_LOCKFILE;
    registry = await RegistryDouble.start();
    root = mkdtempSync(join(tmpdir(), "slipway-lock-test-"));
    said = [];
  });

  afterEach(() => {
    if (before !== undefined) process.env.SLIPWAY_LOCKFILE = before;
    registry.stop();
  });

  function tools(...references: string[]): Tools {
    const script = `for (const r of ${JSON.stringify(references)}) require("fs").appendFileSync(process.env.SLIPWAY_LOCK_COLLECT, r + "\\n")`;
    writeFileSync(join(root, "app.js"), script);
    const say = (text: string) => void said.push(text);
    const terminal = { line: say, note: say, fail: say, step: (_: string, work: () => unknown) => work() };
    const project = { root, app: `"${process.execPath}" app.js`, output: "cdktf.out" };
    return { terminal, project, command: { run, lastWords }, request } as never;
  }

  const path = () => join(root, "slipway.lock.json");

  it("asks for what the stacks name, each once, and writes it down", async () => {
    const reference = `${registry.host}/team/app:1`;
    expect(await lock({} as never, tools(reference, reference))).toBe(0);
    expect(JSON.parse(readFileSync(path(), "utf8"))).toEqual({ version: 1, images: { [reference]: DIGEST } });
    expect(said).toEqual([`+ ${reference} ${DIGEST}`, `wrote ${path()}: 1 images`]);
    expect(registry.asked).toHaveLength(1);
  });

  it("writes where the variable says", async () => {
    process.env.SLIPWAY_LOCKFILE = join(root, "elsewhere.json");
    const status = await lock({} as never, tools(`${registry.host}/team/app:1`));
    delete process.env.SLIPWAY_LOCKFILE;
    expect(status).toBe(0);
    expect([existsSync(path()), existsSync(join(root, "elsewhere.json"))]).toEqual([false, true]);
  });

  it("changes nothing when one of them cannot be had", async () => {
    writeFileSync(path(), "as it was");
    expect(await lock({} as never, tools(`${registry.host}/team/app:1`, `${registry.host}/team/app:9`))).toBe(1);
    expect(readFileSync(path(), "utf8")).toBe("as it was");
    expect(said).toEqual([
      `${registry.host}/team/app:9: ${registry.host} has no such image or tag`,
      `${path()} stays as it is`,
    ]);
  });
});
