import { ImageReference, ImageReferenceError } from "../../values/image-reference.ts";
import { Refusal } from "../dockerfile-error.ts";
import type { From } from "../instructions/instruction.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import { knownFlags } from "./known-flags.ts";
import { toExpandedWord } from "./text.ts";

export interface FromOptions {
  /** The stage's name. @default - none */
  readonly as?: string;
  /** e.g. `"$BUILDPLATFORM"`. @default - the platform that is built for */
  readonly platform?: string;
}

/** The FROM of `image`: a reference, a stage's name, `scratch`, or text with variables. */
export function toFrom(image: string, options: FromOptions, escapeMark: EscapeCharacter): From {
  knownFlags(options, { as: true, platform: true });
  const { as, platform } = options;
  if (!image.includes("$")) checkImage(image);
  if (as !== undefined && !/^[a-z][-a-z0-9_.]*$/.test(as)) {
    throw new Refusal("names a stage by a lower-case letter, then letters, digits, - _ and .", as);
  }
  return {
    keyword: "FROM",
    image,
    ...(as === undefined ? {} : { as }),
    ...(platform === undefined ? {} : { platform: toExpandedWord(platform, escapeMark) }),
  };
}

function checkImage(image: string): void {
  try {
    ImageReference.parse(image);
  } catch (error) {
    if (!(error instanceof ImageReferenceError)) throw error;
    throw new Refusal(`takes an image whose name ${error.rule}`, image, error.remedy);
  }
}
