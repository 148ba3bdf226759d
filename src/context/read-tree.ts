import { lstatSync, readlinkSync } from "node:fs";
import { ContextError, compareBytes, decodeText, hasUndecodedByte } from "./context-path.ts";
import type { WalkedPath } from "./context-walk.ts";
import { asContextError, changedWhileRead, digestBytes, digestFile } from "./read-file.ts";
import { TreeColumns } from "./tree-columns.ts";

/** A path that is sent. */
export interface SentPath extends WalkedPath {
  /** Where the tree that is read has it; undefined for the file whose text is given. */
  readonly row?: number;
}

/** A tree whose content is known. */
export interface KnownTree {
  readonly columns: TreeColumns;
  /** One digest over paths, kinds, permissions and contents. */
  readonly digest: Buffer;
}

/** A tree that was just read. */
export interface ReadTree extends KnownTree {
  /** Where each link points. */
  readonly targets: ReadonlyMap<string, string>;
  /** When reading began, in nanoseconds; what changed later has a later ctime. */
  readonly startedAt: bigint;
}

/**
 * Reads the content of every path.
 * @param known spares files that have not changed since; only rows whose stats can be trusted may be in it
 * @throws ContextError for what cannot be read
 */
export function readTree(directory: string, paths: readonly WalkedPath[], known?: KnownTree): ReadTree {
  const startedAt = BigInt(Date.now()) * 1_000_000n;
  const columns = TreeColumns.of(paths);
  const targets = new Map<string, string>();
  for (let row = 0; row < paths.length; row += 1) {
    const { path, kind } = paths[row] as WalkedPath;
    if (kind === "link") {
      const target = readTarget(directory, path);
      targets.set(path, target);
      columns.setTarget(row, digestBytes(target));
    } else if (kind === "file") {
      if (known) columns.setStats(row, statFile(directory, path));
      else digestFile(directory, path, columns, row);
    }
  }
  if (known) {
    if (columns.describesSame(known.columns)) return { ...known, targets, startedAt };
    readUnknown(directory, paths, columns, known.columns);
  }
  return { columns, digest: digestTree(columns), targets, startedAt };
}

/** Takes over the digests of files whose stats are known, and reads the others. */
function readUnknown(directory: string, paths: readonly WalkedPath[], columns: TreeColumns, known: TreeColumns): void {
  const rows = new Map(known.paths().map((path, row) => [path, row]));
  for (const [row, { path, kind }] of paths.entries()) {
    if (kind !== "file") continue;
    const knownRow = rows.get(path);
    if (knownRow !== undefined && columns.hasSameStats(row, known, knownRow)) columns.copyDigest(row, known, knownRow);
    else digestFile(directory, path, columns, row);
  }
}

/** A file's stats. @throws ContextError when it is gone or no longer a file */
export function statFile(directory: string, path: string): ReturnType<typeof lstatBig> {
  const stats = lstatBig(directory, path);
  if (!stats.isFile()) throw changedWhileRead(path);
  return stats;
}

function lstatBig(directory: string, path: string) {
  try {
    return lstatSync(`${directory}/${path}`, { bigint: true });
  } catch (error) {
    throw asContextError(error, path);
  }
}

/** Where a link points, as written in it. @throws ContextError when that is not UTF-8 */
export function readTarget(directory: string, path: string): string {
  let target: string;
  try {
    target = decodeText(readlinkSync(`${directory}/${path}`, { encoding: "buffer" }));
  } catch (error) {
    throw asContextError(error, path);
  }
  if (!hasUndecodedByte(target)) return target;
  throw new ContextError({
    subject: "link in the build context",
    rule: "must point to a path in UTF-8",
    got: path,
    remedy: "point it elsewhere, or add it to .dockerignore",
  });
}

/**
 * The digest of a tree in which `text` is a file.
 * @param sent the tree's paths with that file among them: the one that has no row
 */
export function digestWithText(tree: KnownTree, sent: readonly SentPath[], text: string): Buffer {
  const columns = TreeColumns.of(sent);
  for (const [row, { row: read }] of sent.entries()) {
    if (read === undefined) columns.setDigest(row, digestBytes(text));
    else {
      columns.modes[row] = tree.columns.modes[read] as number;
      columns.copyDigest(row, tree.columns, read);
    }
  }
  return digestTree(columns);
}

// No path holds a NUL and the other columns have fixed widths, so that the lengths in front make it unambiguous.
function digestTree(columns: TreeColumns): Buffer {
  const lengths = Buffer.from(`${columns.rows} ${columns.names.length}\0`);
  const digest = digestBytes(Buffer.concat([lengths, columns.names, columns.modes, columns.digests]));
  return Buffer.from(digest, "latin1");
}

/**
 * The paths that are sent: those that were found, and the Dockerfile whose text is given.
 * @param given that Dockerfile's path
 * @throws ContextError where a folder or a link is in its way
 */
export function sentPaths(found: readonly WalkedPath[], given?: string): SentPath[] {
  const sent = found.map(({ path, kind }, row) => ({ path, kind, row }));
  if (given === undefined) return sent;
  const inTheWay = sent.find(({ path, kind }) => {
    if (kind !== "folder" && given.startsWith(`${path}/`)) return true;
    return path.startsWith(`${given}/`) || (path === given && kind === "folder");
  });
  if (inTheWay) {
    throw new ContextError({
      subject: "Dockerfile",
      rule: `must not take the place of ${JSON.stringify(inTheWay.path)}`,
      got: given,
      remedy: "give it another name",
    });
  }
  const others: SentPath[] = sent.filter(({ path }) => path !== given && !given.startsWith(`${path}/`));
  return [...others, { path: given, kind: "file" as const }].sort((a, b) => compareBytes(a.path, b.path));
}
