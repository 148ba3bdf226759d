import type { ImageChange } from "./comparison.ts";
import type { ContextEntry } from "./context-files.ts";
import type { Difference } from "./difference.ts";
import { code, moved, table } from "./markdown.ts";
import { identityOf, type ModelImage } from "./model.ts";

/** A row for each image that is another one. */
export function imageTable(images: readonly ImageChange[]): string {
  const hasBases = images.some(({ bases }) => bases.length > 0);
  return table(
    ["image", "version", "content or digest", ...(hasBases ? ["base images that moved"] : [])],
    images.map(({ key, before, after, bases }) => [
      code(key),
      moved(versionOf(before), versionOf(after)),
      `${moved(shortId(before), shortId(after))}${promoted(after)}${signed(before, after)}${movedFrom(before, after)}`,
      ...(hasBases
        ? [bases.map((base) => `${code(base.key)}: ${moved(short(base.before?.is), short(base.after?.is))}`).join(", ")]
        : []),
    ]),
  );
}

/** Of an image that is pulled by its digest, what else it is declared by: the digest has a column of its own. */
function versionOf(image: ModelImage | undefined): string | undefined {
  return image?.version ?? image?.declared?.replace(/@sha256:.*$/, "");
}

/** Of one that is promoted the digest, which the other environment's review and release file have, too. */
function shortId(image: ModelImage | undefined): string | undefined {
  if (image === undefined) return undefined;
  const identity = identityOf(image);
  return (
    short(/sha256:[0-9a-f]+$/.exec(identity)?.[0]) ?? (identity === image.contentId ? identity.slice(0, 12) : undefined)
  );
}

/** Where the very same digest is served already. */
function promoted(image: ModelImage | undefined): string {
  return image?.promotedFrom ? `, as in ${code(image.promotedFrom.replace(/@.*$/, ""))}` : "";
}

/** By whom, where that is not as it was. */
function signed(before: ModelImage | undefined, after: ModelImage | undefined): string {
  if (after?.signedBy === before?.signedBy) return "";
  if (after?.signedBy === undefined) return after === undefined ? "" : ", no longer signed";
  return `, signed by ${code(after.signedBy)}`;
}

/** Of what is in the same repository nothing. */
function movedFrom(before: ModelImage | undefined, after: ModelImage | undefined): string {
  if (!before || !after || before.repository === after.repository) return "";
  return `, ${code(before.repository)} → ${code(after.repository)}`;
}

/** A digest as people compare it. */
function short(digest: string | undefined): string | undefined {
  return digest?.replace(/^(sha256:[0-9a-f]{12})[0-9a-f]+$/, "$1");
}

/** How many files a list names before it only counts. */
const MOST_FILES = 40;

/** The files of the image's context that differ, with their sizes. */
export function filesOf({ key }: ImageChange, files: readonly Difference<ContextEntry>[] | undefined): string {
  if (files === undefined || files.length === 0) return "";
  const lines = files.slice(0, MOST_FILES).map(({ key: path, before, after }) => {
    if (before === undefined) return `- added ${code(path)}, ${after?.bytes} bytes`;
    if (after === undefined) return `- removed ${code(path)}, ${before.bytes} bytes`;
    return `- changed ${code(path)}, ${before.bytes} → ${after.bytes} bytes`;
  });
  const rest = files.length - lines.length;
  return [`Files of ${code(key)}:`, "", ...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join("\n");
}
