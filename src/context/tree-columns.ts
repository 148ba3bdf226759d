import type { ContextFileKind } from "./context-path.ts";
import type { WalkedPath } from "./context-walk.ts";

/** The stats that a file is known by. */
export interface FileStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export const STATS_PER_ROW = 5;
export const DIGEST_BYTES = 32;
const CTIME = 4;
const EXECUTABLE = 4;
const KIND_BITS = 3;
const KINDS: readonly ContextFileKind[] = ["file", "link", "folder"];

/**
 * What is known of a tree's paths, one column per property. Why columns: ten thousand rows are compared, hashed and
 * written as a few buffers instead of as ten thousand objects.
 */
export class TreeColumns {
  constructor(
    /** The paths, each but the first behind a NUL. */
    readonly names: Buffer,
    /** Device, inode, size, mtime and ctime; a link has words of its digest in their place. */
    readonly stats: BigInt64Array,
    /** Kind and permission as one number, the same on every machine. */
    readonly modes: Buffer,
    readonly digests: Buffer,
  ) {}

  /** Columns for `paths`, with nothing known yet but their kinds. */
  static of(paths: readonly WalkedPath[]): TreeColumns {
    let names = "";
    const modes = Buffer.alloc(paths.length);
    for (let row = 0; row < paths.length; row += 1) {
      const { path, kind } = paths[row] as WalkedPath;
      names += row === 0 ? path : `\0${path}`;
      modes[row] = KINDS.indexOf(kind);
    }
    const stats = new BigInt64Array(paths.length * STATS_PER_ROW);
    return new TreeColumns(Buffer.from(names), stats, modes, Buffer.alloc(paths.length * DIGEST_BYTES));
  }

  get rows(): number {
    return this.modes.length;
  }

  paths(): string[] {
    return this.rows === 0 ? [] : this.names.toString("utf8").split("\0");
  }

  kind(row: number): ContextFileKind {
    return KINDS[(this.modes[row] as number) & KIND_BITS] as ContextFileKind;
  }

  isExecutable(row: number): boolean {
    return ((this.modes[row] as number) & EXECUTABLE) !== 0;
  }

  size(row: number): number {
    return Number(this.stats[row * STATS_PER_ROW + 2]);
  }

  digest(row: number): Buffer {
    return this.digests.subarray(row * DIGEST_BYTES, (row + 1) * DIGEST_BYTES);
  }

  setStats(row: number, stats: FileStats & { readonly mode: bigint }): void {
    const at = row * STATS_PER_ROW;
    this.stats[at] = stats.dev;
    this.stats[at + 1] = stats.ino;
    this.stats[at + 2] = stats.size;
    this.stats[at + 3] = stats.mtimeNs;
    this.stats[at + CTIME] = stats.ctimeNs;
    const kind = (this.modes[row] as number) & KIND_BITS;
    this.modes[row] = (Number(stats.mode) & 0o100) === 0 ? kind : kind | EXECUTABLE;
  }

  /** @param digest one character per byte */
  setDigest(row: number, digest: string): void {
    this.digests.write(digest, row * DIGEST_BYTES, "latin1");
  }

  /** Sets the digest of a link's target, which is read every time, so that its row differs when it does. */
  setTarget(row: number, digest: string): void {
    this.setDigest(row, digest);
    for (let i = 0; i < CTIME; i += 1) this.stats[row * STATS_PER_ROW + i] = this.digest(row).readBigInt64LE(i * 8);
  }

  copyDigest(row: number, other: TreeColumns, otherRow: number): void {
    other.digest(otherRow).copy(this.digests, row * DIGEST_BYTES);
  }

  /** Whether every row has the same path, kind, permission and stats. */
  describesSame(other: TreeColumns): boolean {
    return (
      this.names.equals(other.names) &&
      this.modes.equals(other.modes) &&
      bytesOf(this.stats).equals(bytesOf(other.stats))
    );
  }

  /** Whether the file in `row` is known by these stats. */
  hasStats(row: number, { dev, ino, size, mtimeNs, ctimeNs }: FileStats): boolean {
    return [dev, ino, size, mtimeNs, ctimeNs].every((stat, i) => this.stats[row * STATS_PER_ROW + i] === stat);
  }

  /** Whether the file in `row` is known by the same stats as the one in a row of `other`. */
  hasSameStats(row: number, other: TreeColumns, otherRow: number): boolean {
    if (!other.isPlainFile(otherRow)) return false;
    for (let i = 0; i < STATS_PER_ROW; i += 1) {
      if (this.stats[row * STATS_PER_ROW + i] !== other.stats[otherRow * STATS_PER_ROW + i]) return false;
    }
    return true;
  }

  private isPlainFile(row: number): boolean {
    return ((this.modes[row] as number) & KIND_BITS) === 0;
  }

  /** A copy in which a file has stats that no file has, unless it is on `device` and did not change after `settled`. */
  trusting(device: bigint | undefined, settled: bigint): TreeColumns {
    const stats = this.stats.slice();
    for (let row = 0, at = 0; row < this.rows; row += 1, at += STATS_PER_ROW) {
      const isSettled = (stats[at + 3] as bigint) < settled && (stats[at + CTIME] as bigint) < settled;
      if (this.isPlainFile(row) && !(isSettled && stats[at] === device)) stats[at + CTIME] = -1n;
    }
    return new TreeColumns(this.names, stats, this.modes, this.digests);
  }
}

export function bytesOf(stats: BigInt64Array): Buffer {
  return Buffer.from(stats.buffer, stats.byteOffset, stats.byteLength);
}

/** What differs between two readings of a tree, by path. */
export interface TreeChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Other content, permission, kind or link target. */
  readonly changed: readonly string[];
}

/** Compares two readings of a tree. */
export function treeChanges(before: TreeColumns, after: TreeColumns): TreeChanges {
  const rows = new Map(before.paths().map((path, row) => [path, row]));
  const added: string[] = [];
  const changed: string[] = [];
  for (const [row, path] of after.paths().entries()) {
    const old = rows.get(path);
    rows.delete(path);
    if (old === undefined) added.push(path);
    else if (before.modes[old] !== after.modes[row] || !before.digest(old).equals(after.digest(row)))
      changed.push(path);
  }
  return { added, removed: [...rows.keys()], changed };
}
