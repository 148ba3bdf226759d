import fc from "fast-check";
import { ImageReference } from "../../src/values/image-reference.ts";
import { InvalidValueError } from "../../src/values/invalid-value-error.ts";
import { SemanticVersion } from "../../src/values/semantic-version.ts";
import { fuzzRuns } from "./fuzz-runs.ts";

/** Milliseconds after which a text counts as hanging the parser; how fast it is, bench/ says. */
const HANG = 5_000;

// Small numbers, so that versions meet in one line and tie.
const number = fc.integer({ min: 0, max: 3 });
const identifier = fc.oneof(fc.nat({ max: 30 }).map(String), fc.constantFrom("alpha", "beta", "rc", "x-1", "-", "0a"));
const optionalList = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  fc.array(identifier, { minLength: 1, maxLength: 3 }),
);
const version = fc.tuple(number, number, number, optionalList, optionalList).map(([x, y, z, prerelease, build]) => {
  const suffix = (sign: string, list: string[]) => (list.length > 0 ? sign + list.join(".") : "");
  return SemanticVersion.parse(`${x}.${y}.${z}${suffix("-", prerelease)}${suffix("+", build)}`);
});
const part = fc.constantFrom("major", "minor", "patch" as const);

const isRelease = ({ prerelease, build }: SemanticVersion) => prerelease.length === 0 && build.length === 0;

/** The highest release whose text begins with the numbers of `alias`, found without asking `moves`. */
function highestOf(alias: string, released: readonly SemanticVersion[]): string | undefined {
  const line = alias === "latest" ? [] : alias.split(".").map(Number);
  return released
    .filter(isRelease)
    .filter(({ major, minor }) => line.every((wanted, index) => wanted === [major, minor][index]))
    .sort((a, b) => a.major - b.major || a.minor - b.minor || a.patch - b.patch)
    .at(-1)
    ?.toString();
}

test("in whatever order versions are released, every alias points at the highest of its line", () => {
  fc.assert(
    fc.property(fc.array(version, { maxLength: 20 }), (releases) => {
      const registry = new Map<string, string>();
      const released: SemanticVersion[] = [];
      for (const release of releases) {
        for (const alias of release.moves(released)) registry.set(alias, release.toString());
        released.push(release);
        for (const [alias, target] of registry) expect(target).toBe(highestOf(alias, released));
      }
      const aliases = released
        .filter(isRelease)
        .flatMap(({ major, minor }) => [`${major}.${minor}`, `${major}`, "latest"]);
      expect(new Set(registry.keys())).toEqual(new Set(aliases));
    }),
    fuzzRuns,
  );
});

test("what a release may move is the same, in whatever order the others are listed", () => {
  const releasesTwice = fc
    .array(version, { maxLength: 10 })
    .chain((releases) =>
      fc.tuple(fc.constant(releases), fc.shuffledSubarray(releases, { minLength: releases.length })),
    );
  fc.assert(
    fc.property(version, releasesTwice, (release, [releases, shuffled]) => {
      expect(release.moves(shuffled)).toEqual(release.moves(releases));
    }),
    fuzzRuns,
  );
});

test("only aliases move, and only those that the version stands for", () => {
  fc.assert(
    fc.property(version, fc.array(version), (release, releases) => {
      const moved = release.moves(releases);
      if (!isRelease(release)) expect(moved).toEqual([]);
      else expect(release.tags().slice(1)).toEqual(expect.arrayContaining(moved));
    }),
    fuzzRuns,
  );
});

test("every tag is one that an image reference takes", () => {
  const python = ImageReference.parse("python");
  fc.assert(
    fc.property(version, (release) => {
      if (release.build.length > 0) expect(() => release.tags()).toThrow(InvalidValueError);
      else for (const tag of release.tags()) expect(python.withTag(tag).tag).toBe(tag);
    }),
    fuzzRuns,
  );
});

test("a bump is the next release: higher, and with nothing of its kind between", () => {
  fc.assert(
    fc.property(version, part, (before, kind) => {
      const after = before.bump(kind);
      expect(after.compare(before)).toBeGreaterThan(0);
      expect(isRelease(after)).toBe(true);
      const zeros = { major: [after.minor, after.patch], minor: [after.patch], patch: [] }[kind];
      expect(zeros.every((part) => part === 0)).toBe(true);
      const previous = {
        major: [after.major - 1, 0, 0],
        minor: [after.major, after.minor - 1, 0],
        patch: [after.major, after.minor, after.patch - 1],
      }[kind];
      if (previous.every((part) => part >= 0)) {
        expect(SemanticVersion.parse(previous.join(".")).compare(before)).toBeLessThanOrEqual(0);
      }
    }),
    fuzzRuns,
  );
});

test("parse(toString(x)) is x, and precedence is an order", () => {
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(SemanticVersion.parse(a.toString())).toEqual(a);
      expect(Math.sign(a.compare(b)) + Math.sign(b.compare(a))).toBe(0);
      if (a.compare(b) <= 0 && b.compare(c) <= 0) expect(a.compare(c)).toBeLessThanOrEqual(0);
    }),
    fuzzRuns,
  );
});

test("no text crashes or hangs the parser", () => {
  const bits = fc
    .array(fc.constantFrom(..."019.-+av ", "1.2.3", "rc", "é", "\ud800"), { maxLength: 30 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.oneof(bits, fc.string({ unit: "binary" })), (text) => {
      try {
        expect(SemanticVersion.parse(text).toString()).toBe(text);
      } catch (error) {
        if (!(error instanceof InvalidValueError)) throw error;
      }
    }),
    fuzzRuns,
  );
  for (const fragment of ["1", "1.", "-", "a", "a.", "1.2.3-a", "0.", "+"]) {
    for (const beginning of ["", "1.2.3-", "1.2.3+"]) {
      const text = `${beginning}${fragment.repeat(16_000 / fragment.length)}!`;
      const start = performance.now();
      expect(() => SemanticVersion.parse(text)).toThrow(InvalidValueError);
      expect(performance.now() - start).toBeLessThan(HANG);
    }
  }
});
