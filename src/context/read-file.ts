import * as crypto from "node:crypto";
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { ContextError } from "./context-path.ts";
import type { TreeColumns } from "./tree-columns.ts";

// Never through a link, and never waiting for the writer of a pipe that took the file's place.
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const IN_NANOSECONDS = { bigint: true } as const;
const ONE_CHARACTER_PER_BYTE = "latin1" as crypto.BinaryToTextEncoding;
// One buffer for all files: reading is synchronous, so no two reads meet in it.
const buffer = Buffer.allocUnsafeSlow(256 * 1024);

/**
 * Reads a file from front to end.
 * @param use is handed each piece, which it must not keep, with the stats that the very file had before its first byte
 * @throws ContextError when it cannot be read, or is no longer a file of the size it had
 */
export function readFile(directory: string, path: string, use: (piece: Buffer, stats: BigIntStats) => void): void {
  const descriptor = open(directory, path);
  try {
    const stats = statFile(descriptor, path);
    const size = Number(stats.size);
    for (let total = 0, more = true; more; more = total < size) {
      const read = readPiece(descriptor, path, size - total);
      total += read;
      use(buffer.subarray(0, read), stats);
    }
  } catch (error) {
    throw asContextError(error, path);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads a file's stats and digest into a row. @throws ContextError as {@link readFile} does */
export function digestFile(directory: string, path: string, columns: TreeColumns, row: number): void {
  const descriptor = open(directory, path);
  try {
    const stats = statFile(descriptor, path);
    const read = readSync(descriptor, buffer, 0, buffer.length, null);
    columns.setStats(row, stats);
    const piece = buffer.subarray(0, read);
    const left = columns.size(row) - read;
    columns.setDigest(row, left === 0 ? digestBytes(piece) : digestPieces(descriptor, path, piece, left));
  } catch (error) {
    throw asContextError(error, path);
  } finally {
    closeSync(descriptor);
  }
}

function digestPieces(descriptor: number, path: string, first: Buffer, size: number): string {
  if (size < 0 || first.length === 0) throw changedWhileRead(path);
  const hash = crypto.createHash("sha256").update(first);
  for (let left = size; left > 0; ) {
    const read = readPiece(descriptor, path, left);
    hash.update(buffer.subarray(0, read));
    left -= read;
  }
  return hash.digest(ONE_CHARACTER_PER_BYTE);
}

/** The SHA-256 of bytes that are all at hand, one character per byte: a string costs less than a buffer of its own. */
export function digestBytes(bytes: Buffer | string): string {
  // Node's one-shot hash came with 20.12 and is the faster one for small files.
  if (typeof crypto.hash === "function") return crypto.hash("sha256", bytes, ONE_CHARACTER_PER_BYTE);
  return crypto.createHash("sha256").update(bytes).digest(ONE_CHARACTER_PER_BYTE);
}

function open(directory: string, path: string): number {
  try {
    return openSync(`${directory}/${path}`, FLAGS);
  } catch (error) {
    throw asContextError(error, path);
  }
}

function statFile(descriptor: number, path: string): BigIntStats {
  const stats = fstatSync(descriptor, IN_NANOSECONDS);
  if ((Number(stats.mode) & constants.S_IFMT) !== constants.S_IFREG) throw changedWhileRead(path);
  return stats;
}

function readPiece(descriptor: number, path: string, left: number): number {
  const read = readSync(descriptor, buffer, 0, buffer.length, null);
  if (read > left || (read === 0 && left > 0)) throw changedWhileRead(path);
  return read;
}

export function changedWhileRead(path: string): ContextError {
  return new ContextError({
    subject: "file in the build context",
    rule: "must not change while it is read",
    got: path,
    remedy: "stop what writes it, or add it to .dockerignore",
  });
}

/** Says of a failed system call what it means for the context; other errors stay as they are. */
export function asContextError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof ContextError || code === undefined) return error;
  if (code === "ENOENT" || code === "ELOOP" || code === "ENOTDIR") return changedWhileRead(path);
  return new ContextError({
    subject: "path in the build context",
    rule: `cannot be read (${code})`,
    got: path,
    remedy: "make it readable, or add it to .dockerignore",
  });
}
