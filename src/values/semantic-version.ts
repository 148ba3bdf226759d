import { refusalOf } from "./invalid-value-error.ts";

/*
 * semver.org 2.0.0:
 *
 *   version     := core [ "-" prerelease ] [ "+" build ]
 *   core        := number "." number "." number
 *   prerelease  := identifier [ "." identifier ]*   ; number, or letters, digits and "-" with one non-digit at least
 *   build       := build-id [ "." build-id ]*       ; letters, digits and "-"
 *   number      := "0" | digits without a leading zero
 */
const NUMBER = "(?:0|[1-9]\\d*)";
const ALPHANUMERIC = "\\d*[a-zA-Z-][0-9a-zA-Z-]*";
const IDENTIFIER = `(?:${ALPHANUMERIC}|${NUMBER})`;
const BUILD_IDENTIFIER = "[0-9a-zA-Z-]+";
const list = (item: string) => `${item}(?:\\.${item})*`;
const VERSION = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${list(IDENTIFIER)}))?(?:\\+(${list(BUILD_IDENTIFIER)}))?$`,
);

const LONGEST_TAG = 128;

export type VersionPart = "major" | "minor" | "patch";

/**
 * A version that says what changed. Why a value: which tags a release may move follows from its precedence among
 * all releases, and a string compares `1.10.0` before `1.9.0`.
 */
export class SemanticVersion {
  /** @throws InvalidValueError when `text` is no version of semver.org 2.0.0 */
  static parse(text: string): SemanticVersion {
    const refuse = refusalOf("version", text);
    const match = typeof text === "string" ? VERSION.exec(text) : null;
    if (!match) return refuse("must be MAJOR.MINOR.PATCH (semver.org 2.0.0)", remedyFor(text));
    const [, major = "", minor = "", patch = "", prerelease, build] = match;
    const numbers = [major, minor, patch].map(Number);
    if (!numbers.every(Number.isSafeInteger)) {
      return refuse(`must have numbers of at most ${Number.MAX_SAFE_INTEGER}`, "count releases instead of the time");
    }
    const [x = 0, y = 0, z = 0] = numbers;
    return new SemanticVersion(x, y, z, prerelease?.split(".") ?? [], build?.split(".") ?? []);
  }

  private constructor(
    readonly major: number,
    readonly minor: number,
    readonly patch: number,
    readonly prerelease: readonly string[],
    readonly build: readonly string[],
  ) {}

  /**
   * The next version: `major` when something that worked stops working, `minor` for something new, `patch` for the rest.
   * A prerelease is bumped to the release that it announces.
   */
  bump(part: VersionPart): SemanticVersion {
    const { major, minor, patch } = this;
    const announced = this.prerelease.length > 0;
    const next = (x: number, y: number, z: number) => SemanticVersion.parse(`${x}.${y}.${z}`);
    switch (part) {
      case "major":
        return announced && minor === 0 && patch === 0 ? next(major, 0, 0) : next(major + 1, 0, 0);
      case "minor":
        return announced && patch === 0 ? next(major, minor, 0) : next(major, minor + 1, 0);
      case "patch":
        return announced ? next(major, minor, patch) : next(major, minor, patch + 1);
      default:
        return refusalOf("part of a version", part)('must be "major", "minor" or "patch"', "name one of the three");
    }
  }

  /**
   * The tags that the version stands for: `1.4.2`, `1.4`, `1` and `latest`; a prerelease stands for itself alone.
   * @throws InvalidValueError for build metadata: a tag has no `+`, so such a version cannot be a tag
   */
  tags(): string[] {
    const tag = this.toString();
    const refuse = refusalOf("version", tag);
    if (this.build.length > 0) {
      return refuse(
        'with build metadata cannot be a tag, which has no "+"',
        `leave it out: "${this.toString().split("+", 1)}"`,
      );
    }
    if (tag.length > LONGEST_TAG) {
      return refuse(`must have at most ${LONGEST_TAG} characters to be a tag`, "shorten the prerelease");
    }
    return [tag, ...this.aliases];
  }

  /**
   * Which of `latest` and the shorter tags a release of this version may move, given all versions released so far:
   * each only where no released version of its line is higher. Prereleases and builds move nothing and hold nothing.
   */
  moves(released: Iterable<SemanticVersion | string>): string[] {
    const higher = [...released]
      .map((version) => (typeof version === "string" ? SemanticVersion.parse(version) : version))
      .filter((version) => version.compare(this) > 0);
    const taken = new Set(higher.flatMap((version) => version.aliases));
    return this.aliases.filter((alias) => !taken.has(alias));
  }

  /** Negative, zero or positive by precedence; build metadata does not count. */
  compare(other: SemanticVersion): number {
    return (
      this.major - other.major ||
      this.minor - other.minor ||
      this.patch - other.patch ||
      comparePrerelease(this.prerelease, other.prerelease)
    );
  }

  /** Same version, metadata included. */
  equals(other: SemanticVersion): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    const prerelease = this.prerelease.length > 0 ? `-${this.prerelease.join(".")}` : "";
    const build = this.build.length > 0 ? `+${this.build.join(".")}` : "";
    return this.core + prerelease + build;
  }

  private get core(): string {
    return `${this.major}.${this.minor}.${this.patch}`;
  }

  private get aliases(): string[] {
    if (this.prerelease.length > 0 || this.build.length > 0) return [];
    return [`${this.major}.${this.minor}`, `${this.major}`, "latest"];
  }
}

/** A release comes after its prereleases; identifier by identifier otherwise, the longer list last. */
function comparePrerelease(left: readonly string[], right: readonly string[]): number {
  if (left.length === 0 || right.length === 0) return right.length - left.length;
  for (const [index, identifier] of left.entries()) {
    const counterpart = right[index];
    if (counterpart === undefined) return 1;
    const order = compareIdentifiers(identifier, counterpart);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Numbers before words; numbers by value (they have no leading zeros, so length decides first), words by ASCII. */
function compareIdentifiers(left: string, right: string): number {
  const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;
  if (leftIsNumber && left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : left > right ? 1 : 0;
}

function remedyFor(text: unknown): string {
  const shape = 'write three numbers, e.g. "1.4.2"';
  if (typeof text !== "string") return shape;
  const bare = text.trim().replace(/^v/i, "");
  const candidates = [bare, `${bare}.0`, `${bare}.0.0`, bare.replace(/(^|\.)0+(?=\d)/g, "$1")];
  const meant = candidates.find((candidate) => VERSION.test(candidate));
  return meant === undefined ? shape : `use "${meant}"`;
}
