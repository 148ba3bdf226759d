import { randomBytes } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve, sep } from "node:path";
import { digestBytes } from "./read-file.ts";
import type { KnownTree, ReadTree } from "./read-tree.ts";
import { bytesOf, DIGEST_BYTES, STATS_PER_ROW, TreeColumns } from "./tree-columns.ts";

const MAGIC = Buffer.from("slipway context 1\n");
const CHECKSUM_AT = MAGIC.length;
const BODY_AT = CHECKSUM_AT + DIGEST_BYTES;
const ROW_BYTES = STATS_PER_ROW * 8 + 1 + DIGEST_BYTES;
const MOST_MEMORIES = 200;
// What was written this shortly before it was read may be written again with the same ctime: FAT counts in 2 s.
const CLOCK_GRAIN = 2_000_000_000n;
// File systems of this machine whose ctime moves with every change: ext, xfs, btrfs, tmpfs, overlay, zfs, f2fs, bcachefs, APFS.
const LOCAL_FILE_SYSTEMS = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010, 0xca451a4e, 0x1a,
]);

/**
 * What was read of a context at the last synth, so that what has not changed is not read again. Why it may be trusted:
 * a file counts as unchanged only while device, inode, size, mtime and ctime are the same to the nanosecond, on a file
 * system that keeps them honestly, and only when its ctime was past when it was read.
 */
export class ContextMemory {
  private constructor(
    private readonly directory: string,
    private readonly file: string | undefined,
  ) {}

  /** The memory of `directory` built with `dockerfile`, kept under `SLIPWAY_CACHE_DIR` or the user's cache folder. */
  static of(directory: string, dockerfile: string): ContextMemory {
    const real = realpathSync.native(directory);
    const folder = resolve(
      process.env.SLIPWAY_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "slipway"),
    );
    if (`${folder}${sep}`.startsWith(real === sep ? sep : `${real}${sep}`)) return new ContextMemory(real, undefined);
    const name = Buffer.from(digestBytes(`${real}\0${dockerfile}`), "latin1").toString("hex");
    return new ContextMemory(real, join(folder, "contexts", name));
  }

  /** What is remembered; undefined when there is nothing, or nothing that can be read. */
  recall(): KnownTree | undefined {
    if (this.file === undefined) return undefined;
    try {
      return decode(readFileSync(this.file));
    } catch {
      return undefined;
    }
  }

  /** Remembers `tree`; a memory that cannot be written costs time at the next synth and nothing else. */
  remember(tree: ReadTree): void {
    if (this.file === undefined) return;
    try {
      const columns = tree.columns.trusting(this.trustedDevice(), tree.startedAt - CLOCK_GRAIN);
      const bytes = encode({ columns, digest: tree.digest });
      if (!this.holds(bytes)) replaceFile(this.file, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    }
  }

  private holds(bytes: Buffer): boolean {
    try {
      return readFileSync(this.file as string).equals(bytes);
    } catch {
      return false;
    }
  }

  private trustedDevice(): bigint | undefined {
    if (!LOCAL_FILE_SYSTEMS.has(statfsSync(this.directory).type)) return undefined;
    return statSync(this.directory, { bigint: true }).dev;
  }
}

function replaceFile(file: string, bytes: Buffer): void {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(temporary, bytes, { mode: 0o600, flag: "wx" });
    renameSync(temporary, file);
    forgetOldest(dirname(file));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Keeps the folder small: directories come and go, and nobody says when. */
function forgetOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= MOST_MEMORIES) return;
  const byAge = names
    .map((name) => ({ file: join(folder, name), at: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { file } of byAge.slice(MOST_MEMORIES / 2)) rmSync(file, { force: true });
}

function encode({ columns, digest }: KnownTree): Buffer {
  const rows = Buffer.alloc(8);
  rows.writeBigUInt64LE(BigInt(columns.rows));
  const body = Buffer.concat([digest, rows, bytesOf(columns.stats), columns.modes, columns.digests, columns.names]);
  return Buffer.concat([MAGIC, checksum(body), body]);
}

function decode(bytes: Buffer): KnownTree | undefined {
  const body = bytes.subarray(BODY_AT);
  const isWhole =
    bytes.subarray(0, CHECKSUM_AT).equals(MAGIC) && bytes.subarray(CHECKSUM_AT, BODY_AT).equals(checksum(body));
  if (!isWhole) return undefined;
  const rows = Number(body.readBigUInt64LE(DIGEST_BYTES));
  const stats = new BigInt64Array(rows * STATS_PER_ROW);
  const statsAt = DIGEST_BYTES + 8;
  body.copy(bytesOf(stats), 0, statsAt, statsAt + stats.byteLength);
  const modesAt = statsAt + stats.byteLength;
  const namesAt = statsAt + rows * ROW_BYTES;
  const columns = new TreeColumns(
    body.subarray(namesAt),
    stats,
    body.subarray(modesAt, modesAt + rows),
    body.subarray(modesAt + rows, namesAt),
  );
  return { columns, digest: body.subarray(0, DIGEST_BYTES) };
}

function checksum(bytes: Buffer): Buffer {
  return Buffer.from(digestBytes(bytes), "latin1");
}
