import type { ExternalImage } from "../base-image.ts";
import type { Rule } from "./rule.ts";

export const BASE_IMAGE_RULES: readonly Rule[] = [
  {
    id: "DL3006",
    severity: "warning",
    why: "an image without a tag is latest, which moves: the same file builds something else tomorrow",
    fix: "give the image a tag, e.g. FROM debian:12.5",
    check: ofBase(({ reference }) => reference !== undefined && !reference.tag && !reference.digest),
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
    severity: "warning",
    why: "a fixed platform builds for that one, whatever platform was asked for",
    fix: "leave --platform out, or use $BUILDPLATFORM in a stage that only compiles",
    check: ofPlatform((platform) => !platform.includes("$")),
  },
  {
    id: "DL3065",
    severity: "info",
    why: "the platform that is built for is the default, so the flag says nothing",
    fix: "leave --platform out",
    check: ofPlatform((platform) => /^\$(TARGETPLATFORM|\{TARGETPLATFORM\})$/.test(platform)),
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
