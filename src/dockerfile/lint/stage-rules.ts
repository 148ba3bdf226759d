import type { ExternalImage } from "../image-config.ts";
import type { Stage } from "../stage.ts";
import { type LintSubject, plainWord, type Rule } from "./rule.ts";

export const STAGE_RULES: readonly Rule[] = [
  {
    id: "DL3006",
    severity: "warning",
    why: "an image without a tag is latest, which moves: the same file builds something else tomorrow",
    fix: "give the image a tag, e.g. FROM debian:12.5",
    check: ofBase(
      ({ reference, written }) =>
        reference !== undefined && !reference.tag && !reference.digest && !written.includes("$"),
    ),
  },
  {
    id: "DL3007",
    severity: "warning",
    why: "latest moves: the same file builds something else tomorrow",
    fix: "name the version that you mean, e.g. FROM debian:12.5",
    check: ofBase(({ reference }) => reference?.tag === "latest" && !reference.digest),
  },
  {
    id: "SW1001",
    severity: "ignore",
    why: "a tag can be moved to other content; only a digest names one image for good",
    fix: "append the digest, e.g. FROM debian:12.5@sha256:…",
    check: ofBase(({ reference }) => reference !== undefined && !reference.digest),
  },
  {
    id: "DL3029",
    buildCheck: "FromPlatformFlagConstDisallowed",
    severity: "warning",
    why: "a fixed platform builds for that one, whatever platform was asked for",
    fix: "leave --platform out, or use $BUILDPLATFORM in a stage that only compiles",
    check: ofPlatform((platform) => !platform.includes("$")),
  },
  {
    id: "DL3065",
    buildCheck: "RedundantTargetPlatform",
    severity: "info",
    why: "the platform that is built for is the default, so the flag says nothing",
    fix: "leave --platform out",
    check: ofPlatform((platform) => /^\$(TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(platform)),
  },
  {
    id: "DL3024",
    buildCheck: "DuplicateStageName",
    severity: "warning",
    why: "two stages have this name, and whoever uses it gets the last one before",
    fix: "give each stage a name of its own",
    *check({ stages }) {
      const seen = new Set<string>();
      for (const { name, from } of stages) {
        if (name !== undefined && seen.has(name)) yield { line: from.range.start };
        if (name !== undefined) seen.add(name);
      }
    },
  },
  {
    id: "DL3063",
    buildCheck: "ReservedStageName",
    severity: "warning",
    why: "the builder means something else by this name",
    fix: "call the stage otherwise, e.g. base",
    *check({ stages }) {
      for (const { name, from } of stages) {
        if (name === "scratch" || name === "context") yield { line: from.range.start };
      }
    },
  },
  {
    id: "DL3044",
    severity: "warning",
    why: "an ENV sees the variables from before it, not those that it sets itself",
    fix: "set them by two ENV instructions",
    check: usesOwnVariable,
  },
];

function ofBase(breaks: (image: ExternalImage) => boolean): Rule["check"] {
  return function* ({ stages }) {
    for (const { base } of stages) if (base.kind === "image" && breaks(base)) yield { line: base.line };
  };
}

function ofPlatform(breaks: (platform: string) => boolean): Rule["check"] {
  return function* ({ stages }) {
    for (const { from } of stages) if (from.platform && breaks(from.platform)) yield { line: from.range.start };
  };
}

function* usesOwnVariable({ stages, escapeMark }: LintSubject) {
  const known = new Map<Stage | undefined, ReadonlySet<string>>();
  for (const stage of stages) {
    const before = new Set(known.get(stage.parent));
    for (const it of stage.instructions) {
      if (it.keyword === "ARG") for (const { name } of it.args) before.add(name);
      if (it.keyword !== "ENV") continue;
      const own = new Set(it.variables.map(({ name }) => name).filter((name) => !before.has(name)));
      const uses = it.variables.some(({ name, value }) =>
        [...plainWord(value, escapeMark).variables].some((used) => used !== name && own.has(used)),
      );
      if (uses) yield { line: it.range.start };
      for (const name of own) before.add(name);
    }
    known.set(stage, before);
  }
}
