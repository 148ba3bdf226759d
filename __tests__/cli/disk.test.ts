import { tmpdir } from "node:os";
import { join } from "node:path";
import { diskProblem } from "../../src/cli/disk.mjs";

const disk = (mebibytes: number, files = 100_000, ffree = 50_000) => ({
  bavail: mebibytes * 256,
  bsize: 4096,
  files,
  ffree,
});

it("wants room", () => {
  expect(diskProblem("/", 2048, () => disk(2047))).toBe(
    "disk of / must have 2048 MiB free, got 2047 MiB: docker system prune, or make room there",
  );
  expect(diskProblem("/", 2048, () => disk(2048))).toBeUndefined();
});

it("wants inodes where the file system counts them", () => {
  expect(diskProblem("/", 1, () => disk(10, 100_000, 9_999))).toBe(
    "disk of / must have 10000 free inodes, got 9999: remove files there",
  );
  expect(diskProblem("/", 1, () => disk(10, 0, 0))).toBeUndefined();
});

it("measures the nearest folder that is there", () => {
  const asked: string[] = [];
  diskProblem(join(tmpdir(), "slipway-no-such/deep/folder"), 1, (folder) => {
    asked.push(folder);
    return disk(10);
  });
  expect(asked).toEqual([tmpdir()]);
});

it("measures this machine's disk", () => {
  expect(diskProblem(tmpdir(), 2 ** 50)).toMatch(/must have \d+ MiB free, got \d+ MiB/);
});
