import type { Dockerfile } from "./dockerfile.ts";
import type { ExternalImage } from "./image-config.ts";
import { imagePlaces, type TextRange } from "./image-places.ts";

/** Why an image of a Dockerfile stays without a digest. */
export interface Unpinned {
  readonly image: ExternalImage;
  readonly why:
    | "no digest is known"
    | "the name is broken over lines"
    | "the name hangs on a variable that is not known";
}

/** A Dockerfile's text with digests in it. */
export interface PinnedText {
  readonly text: string;
  readonly unpinned: readonly Unpinned[];
}

/**
 * The text of `dockerfile` with `name@digest` in place of every word that names an image, where `digestOf` knows one;
 * every other byte stays. Why by position: the same words may stand in a comment, a command or a heredoc.
 */
export function pinImages(dockerfile: Dockerfile, digestOf: (image: ExternalImage) => string | undefined): PinnedText {
  const edits: (TextRange & { readonly by: string })[] = [];
  const unpinned: Unpinned[] = [];
  for (const { image, range, write, dormant } of imagePlaces(dockerfile.stages, dockerfile.directives.escape ?? "\\")) {
    const { name, reference } = image;
    if (reference?.digest) continue;
    if (name === undefined) unpinned.push({ image, why: "the name hangs on a variable that is not known" });
    if (!reference) continue;
    // What an ONBUILD calls build may be a stage of whoever builds upon this image.
    if (dormant && !/[:/]/.test(image.written)) continue;
    const digest = digestOf(image);
    if (!digest) unpinned.push({ image, why: "no digest is known" });
    else if (!range) unpinned.push({ image, why: "the name is broken over lines" });
    else edits.push({ ...range, by: write(`${name}@${digest}`) });
  }
  let { text } = dockerfile;
  for (const { start, end, by } of edits.toReversed()) text = text.slice(0, start) + by + text.slice(end);
  return { text, unpinned };
}
