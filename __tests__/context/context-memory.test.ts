import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { BuildContext } from "../../src/context/build-context.ts";
import { scratchFolder } from "./scratch-folder.ts";

const { path, plant } = scratchFolder();
const TREE = { Dockerfile: "FROM scratch\n", a: "1", "dir/b": "2", link: { link: "a" } } as const;
const EVERYTHING = ["Dockerfile", "a", "dir/b"];
const LATER_MS = 5000;

function contentId(): string {
  return BuildContext.open(path()).contentId();
}

/** The id as a machine computes it that remembers nothing. */
function freshId(): string {
  const before = process.env.SLIPWAY_CACHE_DIR;
  process.env.SLIPWAY_CACHE_DIR = path("other-cache");
  try {
    fs.rmSync(path("other-cache"), { recursive: true, force: true });
    return contentId();
  } finally {
    process.env.SLIPWAY_CACHE_DIR = before;
  }
}

/** The files whose bytes are read by a content id. */
function filesRead(): string[] {
  const context = BuildContext.open(path());
  const opened: string[] = [];
  const open = fs.openSync;
  const spy = jest.spyOn(fs, "openSync").mockImplementation((file, ...rest) => {
    if (String(file).startsWith(`${path()}/`)) opened.push(String(file).slice(path().length + 1));
    return open(file, ...rest);
  });
  try {
    context.contentId();
  } finally {
    spy.mockRestore();
  }
  return opened;
}

/** Lets the clock run on, so that what was written so far counts as settled. */
function later(): void {
  const now = Date.now();
  jest.spyOn(Date, "now").mockReturnValue(now + LATER_MS);
}

/** A tree that was read when it had settled. */
function remembered(): void {
  plant(TREE);
  later();
  contentId();
}

function memoryFile(): string {
  const [name, ...others] = fs.readdirSync(path("cache/contexts"));
  expect(others).toEqual([]);
  return path(`cache/contexts/${name}`);
}

afterEach(() => jest.restoreAllMocks());

describe("a context that was read before", () => {
  it("is read in full the first time", () => {
    plant(TREE);
    expect(filesRead()).toEqual(EVERYTHING);
  });

  it("is not read again when nothing changed, and has the same id", () => {
    remembered();
    expect(filesRead()).toEqual([]);
    expect(contentId()).toBe(freshId());
  });

  it.each<[what: string, change: () => void, read: string[]]>([
    ["a byte, its size and mtime kept", () => rewriteKeepingTimes("a", "9"), ["a"]],
    ["a touched file", () => fs.utimesSync(path("app/a"), 1, 1), ["a"]],
    ["a permission", () => fs.chmodSync(path("app/a"), 0o755), ["a"]],
    ["a file put in another's place", () => replaceKeepingTimes("a", "8"), ["a"]],
    ["two files that change places", () => exchange("a", "dir/b"), ["a", "dir/b"]],
    ["a new file", () => plant({ c: "3" }), ["c"]],
    ["a file less", () => fs.rmSync(path("app/a")), []],
    ["another name", () => fs.renameSync(path("app/a"), path("app/z")), ["z"]],
    ["a link's target", () => relink("link", "dir/b"), []],
    ["a link that becomes the file it pointed to", () => fs.renameSync(path("app/a"), path("app/link")), ["link"]],
  ])("reads again only what changed: %s", (_, change, read) => {
    remembered();
    change();
    later();
    expect(filesRead()).toEqual(read);
    expect(contentId()).toBe(freshId());
  });

  it("is read again while its files are younger than the clock's grain", () => {
    plant(TREE);
    contentId();
    expect(filesRead()).toEqual(EVERYTHING);
    later();
    expect(filesRead()).toEqual(EVERYTHING);
    expect(filesRead()).toEqual([]);
  });

  it("is read again after a change within one tick of the clock, which leaves all stats as they were", () => {
    plant(TREE);
    const id = contentId();
    freezeStats();
    fs.writeFileSync(path("app/a"), "9");
    expect(contentId()).not.toBe(id);
    expect(contentId()).toBe(freshId());
  });

  it.each<[where: string, pretend: () => void]>([
    ["on a file system that may keep times badly", () => pretendFileSystem(0x6969)],
    ["on a file system that nobody knows", () => pretendFileSystem(1)],
    ["in a mount inside the directory", () => pretendDevice()],
  ])("is always read again %s", (_, pretend) => {
    pretend();
    remembered();
    expect(filesRead()).toEqual(EVERYTHING);
    expect(filesRead()).toEqual(EVERYTHING);
  });

  it("is read as if for the first time when the memory is damaged anywhere", () => {
    remembered();
    const file = memoryFile();
    const whole = fs.readFileSync(file);
    const id = contentId();
    for (const at of [0, 20, 60, 100, Math.floor(whole.length / 2), whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] as number) ^ 1;
      fs.writeFileSync(file, damaged);
      expect(filesRead()).toEqual(EVERYTHING);
      expect(contentId()).toBe(id);
    }
    for (const rest of [
      "",
      "slipway",
      whole.subarray(0, 40),
      whole.subarray(0, whole.length - 5),
      Buffer.concat([whole, whole]),
    ]) {
      fs.writeFileSync(file, rest);
      expect(filesRead()).toEqual(EVERYTHING);
    }
  });

  it("is a memory for its directory and Dockerfile only", () => {
    remembered();
    plant(TREE, "twin");
    later();
    BuildContext.open(path("twin")).contentId();
    BuildContext.open(path(), { dockerfile: "a" }).contentId();
    expect(fs.readdirSync(path("cache/contexts"))).toHaveLength(3);
    fs.symlinkSync(path(), path("alias"));
    BuildContext.open(path("alias")).contentId();
    expect(fs.readdirSync(path("cache/contexts"))).toHaveLength(3);
  });
});

describe("the memory's place", () => {
  it("is private, written in one step and left alone when there is nothing new", () => {
    remembered();
    const { ino, mode } = fs.statSync(memoryFile());
    contentId();
    expect(mode & 0o777).toBe(0o600);
    expect(fs.statSync(memoryFile()).ino).toBe(ino);
  });

  it("is the user's cache folder where none is named", () => {
    plant(TREE);
    const { XDG_CACHE_HOME, SLIPWAY_CACHE_DIR } = process.env;
    try {
      delete process.env.SLIPWAY_CACHE_DIR;
      process.env.XDG_CACHE_HOME = path("xdg");
      contentId();
      expect(fs.readdirSync(path("xdg/slipway/contexts"))).toHaveLength(1);
      delete process.env.XDG_CACHE_HOME;
      jest.spyOn(os, "homedir").mockReturnValue(path("home"));
      contentId();
      expect(fs.readdirSync(path("home/.cache/slipway/contexts"))).toHaveLength(1);
    } finally {
      process.env.SLIPWAY_CACHE_DIR = SLIPWAY_CACHE_DIR;
      if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    }
  });

  it("is never inside the context", () => {
    plant(TREE);
    process.env.SLIPWAY_CACHE_DIR = path("app/cache");
    expect(contentId()).toBe(contentId());
    expect(fs.existsSync(path("app/cache"))).toBe(false);
  });

  it("forgets the oldest when there are many", () => {
    const folder = path("cache/contexts");
    fs.mkdirSync(folder, { recursive: true });
    for (let i = 0; i < 200; i += 1) {
      fs.writeFileSync(join(folder, `old-${i}`), "");
      fs.utimesSync(join(folder, `old-${i}`), i, i);
    }
    remembered();
    const left = fs.readdirSync(folder);
    expect(left).toHaveLength(100);
    expect(left).toContain("old-199");
    expect(filesRead()).toEqual([]);
  });

  it("may be one that cannot be written", () => {
    plant(TREE);
    fs.writeFileSync(path("cache"), "a file");
    expect(contentId()).toBe(freshId());
    expect(fs.readFileSync(path("cache"), "utf8")).toBe("a file");
  });

  it("stays empty for who only looks", () => {
    plant(TREE);
    const looked = BuildContext.open(path(), { remember: false });
    expect(looked.contentId()).toBe(freshId());
    expect(looked.changes).toBeUndefined();
    expect(fs.existsSync(path("cache"))).toBe(false);
  });
});

describe("BuildContext.changes", () => {
  it("names what was added, removed and changed since the last synth, by content", () => {
    remembered();
    plant({ new: "" });
    fs.rmSync(path("app/a"));
    fs.writeFileSync(path("app/dir/b"), "22");
    fs.utimesSync(path("app/Dockerfile"), 1, 1);
    relink("link", "dir/b");
    const { changes } = BuildContext.open(path());
    expect(changes).toEqual({ added: ["new"], removed: ["a"], changed: ["dir/b", "link"] });
    contentId();
    expect(BuildContext.open(path()).changes).toEqual({ added: [], removed: [], changed: [] });
  });

  it("is about the directory, not about a Dockerfile's text that was given", () => {
    remembered();
    BuildContext.open(path()).withDockerfileText("FROM busybox\n").contentId();
    expect(BuildContext.open(path()).changes).toEqual({ added: [], removed: [], changed: [] });
    expect(filesRead()).toEqual([]);
  });

  it("names a permission that changed", () => {
    remembered();
    execFileSync("chmod", ["755", join(path(), "a")]);
    expect(BuildContext.open(path()).changes).toEqual({ added: [], removed: [], changed: ["a"] });
  });
});

function rewriteKeepingTimes(name: string, text: string): void {
  const { atime, mtime } = fs.statSync(path(`app/${name}`));
  fs.writeFileSync(path(`app/${name}`), text);
  fs.utimesSync(path(`app/${name}`), atime, mtime);
}

function replaceKeepingTimes(name: string, text: string): void {
  const { atime, mtime } = fs.statSync(path(`app/${name}`));
  fs.writeFileSync(path("replacement"), text);
  fs.utimesSync(path("replacement"), atime, mtime);
  fs.renameSync(path("replacement"), path(`app/${name}`));
}

function exchange(one: string, other: string): void {
  fs.renameSync(path(`app/${one}`), path("aside"));
  fs.renameSync(path(`app/${other}`), path(`app/${one}`));
  fs.renameSync(path("aside"), path(`app/${other}`));
}

function relink(name: string, target: string): void {
  fs.rmSync(path(`app/${name}`));
  fs.symlinkSync(target, path(`app/${name}`));
}

/** Makes every file keep the stats that it has now. */
function freezeStats(): void {
  const { lstatSync, fstatSync } = fs;
  const inBigInts = { bigint: true } as const;
  const frozen = new Map(
    EVERYTHING.map((name) => [fs.lstatSync(path(`app/${name}`)).ino, lstatSync(path(`app/${name}`), inBigInts)]),
  );
  const thaw = (stats: fs.BigIntStats) => frozen.get(Number(stats.ino)) ?? stats;
  jest.spyOn(fs, "lstatSync").mockImplementation(((file: string) => thaw(lstatSync(file, inBigInts))) as never);
  jest.spyOn(fs, "fstatSync").mockImplementation(((file: number) => thaw(fstatSync(file, inBigInts))) as never);
}

function pretendFileSystem(type: number): void {
  const real = fs.statfsSync("/");
  jest.spyOn(fs, "statfsSync").mockReturnValue({ ...real, type });
}

function pretendDevice(): void {
  const { statSync } = fs;
  jest.spyOn(fs, "statSync").mockImplementation(((file: string, options: fs.StatSyncOptions) => {
    const stats = statSync(file, options);
    return options?.bigint && file === path() ? Object.assign(stats as object, { dev: 1n }) : stats;
  }) as never);
}
