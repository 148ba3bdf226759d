import {
  chmodSync,
  closeSync,
  fchmodSync,
  futimesSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { ContextError, type ContextFile } from "./context-path.ts";
import { walkContext } from "./context-walk.ts";
import { DockerIgnore } from "./docker-ignore.ts";
import { changedWhileRead, readFile } from "./read-file.ts";
import type { ReadTree, SentPath } from "./read-tree.ts";

/** What a copy is made of. */
export interface CopySource {
  readonly directory: string;
  /** What is sent, with the rows in which the tree knows it. */
  readonly sent: readonly SentPath[];
  /** The same paths, described. */
  readonly files: readonly ContextFile[];
  readonly tree: ReadTree;
  /** The digest of what is sent. */
  readonly digest: Buffer;
  /** Written in place of the files at their paths. */
  readonly texts: ReadonlyMap<string, string>;
}

const FOLDER_MODE = 0o755;
// Twenty-two years from 2001-09-09 on: always past, and after what archive formats can tell.
const FIRST_SECOND = 1_000_000_000;
const SECONDS = 700_000_000;

/**
 * A copy of a context that is the same wherever it is made: permissions by kind, one time for everything. Why a time
 * drawn from the content: layers keep it. Equal times leave `make` nothing to guess, and another content has another
 * time, so that a web server's `Last-Modified` and `ETag` move when a file of the same size changes.
 */
export class StagedCopy {
  private readonly seconds: number;

  constructor(private readonly source: CopySource) {
    this.seconds = FIRST_SECOND + (source.digest.readUInt32BE() % SECONDS);
  }

  /** Writes the copy into `folder`, which must not exist. */
  write(folder: string): void {
    mkdirSync(folder, { mode: FOLDER_MODE });
    const folders = new Set<string>([folder]);
    for (const [index, file] of this.source.files.entries()) {
      const target = `${folder}/${file.path}`;
      makeFolders(file.kind === "folder" ? target : dirname(target), folders);
      if (file.kind === "file" || this.source.texts.has(file.path)) this.writeFile(file, index, target);
      else if (file.kind === "link") {
        symlinkSync(file.target as string, target);
        lutimesSync(target, this.seconds, this.seconds);
      }
    }
    for (const made of folders) {
      chmodSync(made, FOLDER_MODE);
      utimesSync(made, this.seconds, this.seconds);
    }
  }

  /** Whether `folder` holds the copy, whole and untouched since it was written. */
  isAt(folder: string): boolean {
    if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) return false;
    const { files } = this.source;
    try {
      const there = walkContext(folder, DockerIgnore.EMPTY).paths;
      return (
        there.length === files.length &&
        files.every((file, i) => there[i]?.path === file.path && this.has(folder, file))
      );
    } catch (error) {
      if (error instanceof ContextError) return false;
      throw error;
    }
  }

  private has(folder: string, file: ContextFile): boolean {
    const path = `${folder}/${file.path}`;
    const stats = lstatSync(path);
    if (file.kind === "folder") return stats.isDirectory();
    if (file.kind === "link" && !this.source.texts.has(file.path)) {
      return stats.isSymbolicLink() && readlinkSync(path) === file.target;
    }
    return stats.isFile() && stats.size === this.sizeOf(file) && this.isUntouched(stats, file);
  }

  private isUntouched(stats: Stats, file: ContextFile): boolean {
    return (stats.mode & 0o777) === modeOf(file) && stats.mtimeMs === this.seconds * 1000;
  }

  private sizeOf(file: ContextFile): number {
    const text = this.source.texts.get(file.path);
    return text === undefined ? file.size : Buffer.byteLength(text);
  }

  private writeFile(file: ContextFile, index: number, target: string): void {
    const descriptor = openSync(target, "wx", modeOf(file));
    try {
      const text = this.source.texts.get(file.path);
      if (text === undefined) this.copy(file, index, descriptor);
      else writeAll(descriptor, Buffer.from(text));
      fchmodSync(descriptor, modeOf(file));
      futimesSync(descriptor, this.seconds, this.seconds);
    } finally {
      closeSync(descriptor);
    }
  }

  private copy(file: ContextFile, index: number, descriptor: number): void {
    const { directory, sent, tree } = this.source;
    const row = sent[index]?.row;
    readFile(directory, file.path, (piece, stats) => {
      if (row === undefined || !tree.columns.hasStats(row, stats)) throw changedWhileRead(file.path);
      writeAll(descriptor, piece);
    });
  }
}

function modeOf(file: ContextFile): number {
  return file.executable ? 0o755 : 0o644;
}

function makeFolders(folder: string, made: Set<string>): void {
  if (made.has(folder)) return;
  makeFolders(dirname(folder), made);
  mkdirSync(folder, { mode: FOLDER_MODE });
  made.add(folder);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
