import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { ImageChange } from "./comparison.ts";
import { type Difference, differences } from "./difference.ts";

/** A file of a build context, as far as two of them are compared. */
export interface ContextEntry {
  readonly path: string;
  readonly bytes: number;
  readonly digest: string;
}

/**
 * The files in which the contexts differ of images that were built of others before, by the path of the image. Nothing
 * of one whose context is no longer there, as after the output was deleted.
 *
 * @param before the stack's folder of the earlier synth
 */
export function changedFiles(
  images: readonly ImageChange[],
  before: string | undefined,
  after: string,
): ReadonlyMap<string, readonly Difference<ContextEntry>[]> {
  return new Map(
    images.flatMap(({ key, before: was, after: is }) => {
      if (before === undefined || was?.contentId === undefined || is?.contentId === undefined) return [];
      const [old, now] = [join(before, "contexts", was.contentId), join(after, "contexts", is.contentId)];
      if (!existsSync(old) || !existsSync(now)) return [];
      return [[key, differences(entriesOf(old), entriesOf(now), ({ path }) => path)] as const];
    }),
  );
}

function entriesOf(folder: string): ContextEntry[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => ({ path, stats: lstatSync(join(folder, path)) }))
    .filter(({ stats }) => !stats.isDirectory())
    .map(({ path, stats }) => {
      const bytes = stats.isSymbolicLink() ? readlinkSync(join(folder, path)) : readFileSync(join(folder, path));
      const mode = stats.mode & 0o111 ? "executable" : "plain";
      return { path, bytes: bytes.length, digest: createHash("sha256").update(mode).update(bytes).digest("hex") };
    });
}
