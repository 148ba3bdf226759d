import { SemanticVersion } from "../../src/values/semantic-version.ts";
import { NO_TEXTS, refusal } from "./refusal.ts";

const version = (text: string) => SemanticVersion.parse(text);

describe("the grammar of semver.org 2.0.0", () => {
  test.each([
    ["0.0.0", [0, 0, 0, [], []]],
    ["1.4.2", [1, 4, 2, [], []]],
    ["10.20.30", [10, 20, 30, [], []]],
    ["9007199254740991.0.0", [9007199254740991, 0, 0, [], []]],
    ["1.0.0-alpha", [1, 0, 0, ["alpha"], []]],
    ["1.0.0-alpha.1.0", [1, 0, 0, ["alpha", "1", "0"], []]],
    ["1.0.0-0a.01a.-.--1", [1, 0, 0, ["0a", "01a", "-", "--1"], []]],
    ["1.0.0+001.sha-5114f85", [1, 0, 0, [], ["001", "sha-5114f85"]]],
    ["1.0.0-rc.1+build.123", [1, 0, 0, ["rc", "1"], ["build", "123"]]],
    ["1.0.0+rc-1", [1, 0, 0, [], ["rc-1"]]],
    ["1.2.3-99999999999999999999", [1, 2, 3, ["99999999999999999999"], []]],
  ])("%s is read and printed", (text, parts) => {
    const { major, minor, patch, prerelease, build } = version(text);
    expect([major, minor, patch, prerelease, build]).toEqual(parts);
    expect(version(text).toString()).toBe(text);
  });

  test.each([
    ["1", 'use "1.0.0"'],
    ["1.4", 'use "1.4.0"'],
    ["v1.4.2", 'use "1.4.2"'],
    [" 1.4.2\n", 'use "1.4.2"'],
    ["v2", 'use "2.0.0"'],
    ["01.4.2", 'use "1.4.2"'],
    ["1.04.2", 'use "1.4.2"'],
    ["", 'write three numbers, e.g. "1.4.2"'],
    ["latest", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.3.4", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.3-", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.3+", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.3-a..b", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.3-01", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.3+a+b", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.3-ä", 'write three numbers, e.g. "1.4.2"'],
    ["-1.2.3", 'write three numbers, e.g. "1.4.2"'],
    ["1.2.x", 'write three numbers, e.g. "1.4.2"'],
    ["^1.2.3", 'write three numbers, e.g. "1.4.2"'],
    ["１.2.3", 'write three numbers, e.g. "1.4.2"'],
  ])("%j is refused: %s", (text, remedy) => {
    const rule = "must be MAJOR.MINOR.PATCH (semver.org 2.0.0)";
    expect(refusal(() => version(text))).toMatchObject({ subject: "version", rule, got: text, remedy });
  });

  test.each(NO_TEXTS)("%p is refused", (value) => {
    refusal(() => version(value as string));
  });

  test("a number past what can be counted is refused", () => {
    expect(refusal(() => version("9007199254740992.0.0")).rule).toBe("must have numbers of at most 9007199254740991");
  });
});

describe("precedence", () => {
  const ascending = [
    "0.9.9",
    "1.0.0-0",
    "1.0.0-2",
    "1.0.0-11",
    "1.0.0-9007199254740990",
    "1.0.0--",
    "1.0.0-A",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "1.0.1",
    "1.9.0",
    "1.10.0",
    "2.0.0",
    "10.0.0",
  ].map(version);

  test("is semver's, number by number and identifier by identifier", () => {
    for (const [i, left] of ascending.entries()) {
      for (const [j, right] of ascending.entries()) {
        expect([`${left}`, `${right}`, Math.sign(left.compare(right))]).toEqual([
          `${left}`,
          `${right}`,
          Math.sign(i - j),
        ]);
      }
    }
  });

  test("does not count build metadata, equality does", () => {
    expect(version("1.0.0+a").compare(version("1.0.0+b"))).toBe(0);
    expect(version("1.0.0+a").equals(version("1.0.0+b"))).toBe(false);
    expect(version("1.0.0+a").equals(version("1.0.0+a"))).toBe(true);
  });
});

describe("bump", () => {
  test.each([
    ["a variable inside is renamed, nobody outside sees it", "patch", "1.4.3"],
    ["an endpoint is added, everything that worked still works", "minor", "1.5.0"],
    ["the endpoint /uploading becomes /upload, its callers break", "major", "2.0.0"],
  ] as const)("%s: %s, %s", (_, part, next) => {
    expect(version("1.4.2").bump(part).toString()).toBe(next);
  });

  test.each([
    ["1.4.2-rc.1", "patch", "1.4.2"],
    ["1.4.2-rc.1", "minor", "1.5.0"],
    ["1.4.2-rc.1", "major", "2.0.0"],
    ["1.5.0-rc.1", "minor", "1.5.0"],
    ["1.5.0-rc.1", "major", "2.0.0"],
    ["2.0.0-rc.1", "major", "2.0.0"],
    ["2.0.0-rc.1", "patch", "2.0.0"],
    ["1.4.2+build", "patch", "1.4.3"],
    ["0.0.0", "patch", "0.0.1"],
    ["0.9.9", "major", "1.0.0"],
  ] as const)("%s by %s is %s", (text, part, next) => {
    expect(version(text).bump(part).toString()).toBe(next);
  });

  test("another part is refused", () => {
    expect(refusal(() => version("1.0.0").bump("build" as "patch"))).toMatchObject({
      subject: "part of a version",
      got: "build",
    });
  });

  test("a number that cannot be counted up is refused", () => {
    expect(refusal(() => version("1.0.9007199254740991").bump("patch")).rule).toMatch(/^must have numbers of at most /);
  });
});

describe("tags", () => {
  test("a release stands for itself, its lines and latest", () => {
    expect(version("1.4.2").tags()).toEqual(["1.4.2", "1.4", "1", "latest"]);
  });

  test("a prerelease stands for itself", () => {
    expect(version("1.4.2-rc.1").tags()).toEqual(["1.4.2-rc.1"]);
  });

  test("build metadata cannot be a tag, which is said", () => {
    expect(refusal(() => version("1.4.2-rc.1+build.5").tags()).message).toBe(
      'version with build metadata cannot be a tag, which has no "+", got "1.4.2-rc.1+build.5": leave it out: "1.4.2-rc.1"',
    );
  });

  test("a tag has at most 128 characters", () => {
    expect(version(`1.0.0-${"a".repeat(122)}`).tags()).toHaveLength(1);
    expect(refusal(() => version(`1.0.0-${"a".repeat(123)}`).tags()).rule).toBe(
      "must have at most 128 characters to be a tag",
    );
  });
});

describe("moves", () => {
  test.each([
    ["the first release", "1.4.2", [], ["1.4", "1", "latest"]],
    ["the highest of all", "1.4.2", ["1.4.1", "1.3.9", "0.9.0"], ["1.4", "1", "latest"]],
    ["the same again", "1.4.2", ["1.4.2"], ["1.4", "1", "latest"]],
    ["a repair of an old minor", "1.3.5", ["1.3.4", "1.4.2"], ["1.3"]],
    ["a repair of an old major", "1.4.3", ["1.4.2", "2.0.0"], ["1.4", "1"]],
    ["a release that comes late", "1.4.1", ["1.4.2"], []],
    ["numbers, not letters", "1.10.0", ["1.9.0"], ["1.10", "1", "latest"]],
    ["a higher prerelease holds nothing", "1.4.2", ["1.5.0-rc.1", "2.0.0-alpha"], ["1.4", "1", "latest"]],
    ["a higher build holds nothing", "1.4.2", ["1.5.0+build.1"], ["1.4", "1", "latest"]],
    ["a prerelease moves nothing", "2.0.0-rc.1", ["1.4.2"], []],
    ["a build moves nothing", "2.0.0+build.1", ["1.4.2"], []],
  ])("%s", (_, released, before, moved) => {
    expect(version(released).moves(before)).toEqual(moved);
    expect(version(released).moves(new Set(before.map(version)))).toEqual(moved);
  });

  test("what was released must be versions", () => {
    expect(refusal(() => version("1.0.0").moves(["latest"]))).toMatchObject({ got: "latest" });
  });
});
