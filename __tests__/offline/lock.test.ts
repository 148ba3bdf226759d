import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const MODULE = pathToFileURL(join(__dirname, "../../src/offline/images/lock.mjs")).href;
const run = promisify(execFile);

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-lock-"));
  lock = join(folder, "lock");
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A process that takes the lock `times`, and fails where another one is in at the same time. */
const contend = (times: number) =>
  run(process.execPath, [
    "--input-type=module",
    "--eval",
    `import { mkdirSync, rmdirSync } from "node:fs";
     import { setImmediate as turn } from "node:timers/promises";
     import { withLock } from ${JSON.stringify(MODULE)};
     const [file, inside] = ${JSON.stringify([lock, join(folder, "inside")])};
     for (let time = 0; time < ${times}; time += 1)
       await withLock(file, () => {}, async () => { mkdirSync(inside); await turn(); rmdirSync(inside); });`,
  ]);

/** The id of a process that has ended. */
const ended = () => String(spawnSync(process.execPath, ["--eval", ""]).pid);

test("of processes that want the lock one at a time has it, also where a killed one left it", async () => {
  writeFileSync(lock, ended());
  await Promise.all(Array.from({ length: 4 }, () => contend(3)));
  expect(readdirSync(folder)).toEqual([]);
}, 120_000);

test("a lock of a process that runs is waited for, and that is said once", async () => {
  const { withLock } = await import("../../src/offline/images/lock.mjs");
  writeFileSync(lock, String(process.pid));
  const said: string[] = [];
  const log = (line: string) => {
    said.push(line);
    rmSync(lock);
  };
  await withLock(lock, log, async () => {
    expect(readFileSync(lock, "utf8")).toBe(String(process.pid));
  });
  expect(said).toEqual([expect.stringContaining("waiting for it")]);
  expect(existsSync(lock)).toBe(false);
});

test("a lock that another process takes after the old one was seen to be abandoned stays that process's", async () => {
  const { withLock } = await import("../../src/offline/images/lock.mjs");
  writeFileSync(lock, ended());
  jest.spyOn(process, "kill").mockImplementationOnce(() => {
    writeFileSync(lock, String(process.pid));
    throw Object.assign(new Error("no such process"), { code: "ESRCH" });
  });
  const said: string[] = [];
  await withLock(
    lock,
    (line: string) => {
      said.push(line);
      rmSync(lock);
    },
    async () => {},
  );
  expect(said).toHaveLength(1);
});

test("the lock is let go of when the work fails", async () => {
  const { withLock } = await import("../../src/offline/images/lock.mjs");
  await expect(
    withLock(
      lock,
      () => {},
      () => Promise.reject(new Error("no")),
    ),
  ).rejects.toThrow("no");
  expect(existsSync(lock)).toBe(false);
});
