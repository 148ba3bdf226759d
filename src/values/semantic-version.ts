import type SemVer from "semver/classes/semver.js";
import compareVersions from "semver/functions/compare.js";
import increment from "semver/functions/inc.js";
import parseVersion from "semver/functions/parse.js";
import { refusalOf } from "./invalid-value-error.ts";

const LONGEST_TAG = 128;

export type VersionPart = "major" | "minor" | "patch";

const PARTS: ReadonlySet<string> = new Set<VersionPart>(["major", "minor", "patch"]);

/**
 * A version that says what changed. Why a value: which tags a release may move follows from its precedence among
 * all releases, and a string compares `1.10.0` before `1.9.0`.
 */
export class SemanticVersion {
  /** @throws InvalidValueError when `text` is no version of semver.org 2.0.0 */
  static parse(text: string): SemanticVersion {
    const version = strictly(text);
    if (version) return new SemanticVersion(version);
    const refuse = refusalOf("version", text);
    if (typeof text === "string" && text.split(/[.+-]/, 3).some(isBeyondCounting))
      return refuse(`must have numbers of at most ${Number.MAX_SAFE_INTEGER}`, "count releases instead of the time");
    return refuse("must be MAJOR.MINOR.PATCH (semver.org 2.0.0)", remedyFor(text));
  }

  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: readonly string[];
  readonly build: readonly string[];

  private constructor(private readonly version: SemVer) {
    this.major = version.major;
    this.minor = version.minor;
    this.patch = version.patch;
    this.prerelease = version.prerelease.map(String);
    this.build = version.build;
  }

  /**
   * The next version: `major` when something that worked stops working, `minor` for something new, `patch` for the rest.
   * A prerelease is bumped to the release that it announces.
   */
  bump(part: VersionPart): SemanticVersion {
    if (!PARTS.has(part))
      return refusalOf("part of a version", part)('must be "major", "minor" or "patch"', "name one of the three");
    return SemanticVersion.parse(increment(this.version, part) as string);
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
    return compareVersions(this.version, other.version);
  }

  /** Same version, metadata included. */
  equals(other: SemanticVersion): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    return withBuild(this.version);
  }

  private get aliases(): string[] {
    if (this.prerelease.length > 0 || this.build.length > 0) return [];
    return [`${this.major}.${this.minor}`, `${this.major}`, "latest"];
  }
}

/** Without what the reader lets pass: spaces around it, and a "v" before it. */
function strictly(text: unknown): SemVer | undefined {
  const version = typeof text === "string" ? parseVersion(text) : null;
  return version && withBuild(version) === text ? version : undefined;
}

function withBuild({ version, build }: SemVer): string {
  return build.length > 0 ? `${version}+${build.join(".")}` : version;
}

function isBeyondCounting(number: string): boolean {
  return /^[1-9]\d*$/.test(number) && !Number.isSafeInteger(Number(number));
}

function remedyFor(text: unknown): string {
  const shape = 'write three numbers, e.g. "1.4.2"';
  if (typeof text !== "string") return shape;
  const bare = text.trim().replace(/^v/i, "");
  const candidates = [bare, `${bare}.0`, `${bare}.0.0`, bare.replace(/(^|\.)0+(?=\d)/g, "$1")];
  const meant = candidates.find(strictly);
  return meant === undefined ? shape : `use "${meant}"`;
}
