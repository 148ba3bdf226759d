import { type Dirent, readdirSync } from "node:fs";
import {
  ContextError,
  type ContextFileKind,
  compareBytes,
  decodeText,
  hasUndecodedByte,
  SURROGATE,
} from "./context-path.ts";
import type { DockerIgnore, FolderMatches, IgnoreAnswer, WalkAnswer } from "./docker-ignore.ts";

/** A path that the walk keeps. */
export interface WalkedPath {
  readonly path: string;
  readonly kind: ContextFileKind;
}

/** A path that the walk leaves out. */
export interface ExcludedPath extends IgnoreAnswer {
  readonly path: string;
  /** Whether it is a folder; it stands for everything in it. */
  readonly folder: boolean;
}

/** What a walk finds. */
export interface WalkedContext {
  /** Sorted by bytes. */
  readonly paths: WalkedPath[];
  readonly excluded: ExcludedPath[];
}

/**
 * Lists what an engine would be sent of a directory, links as links, and what it would not.
 * @throws ContextError for what cannot be sent: sockets, pipes, devices, names that are not UTF-8, unreadable folders
 */
export function walkContext(directory: string, ignore: DockerIgnore): WalkedContext {
  const paths: WalkedPath[] = [];
  const excluded: ExcludedPath[] = [];
  let inOrder = true;

  const visit = (folder: string, above: FolderMatches, ignored: boolean): void => {
    const { keys, others, rare } = listFolder(directory, folder, ignored);
    if (rare) inOrder = false;
    for (const key of keys) {
      const isFolder = key.endsWith("/");
      const path = folder + (isFolder ? key.slice(0, -1) : key);
      const answer = ignore.walk(path, above);
      if (isFolder) enter(path, answer);
      else if (answer.ignored) leaveOut(path, false, answer);
      else {
        if (!inOrder) sendable(path);
        paths.push({ path, kind: others.size === 0 ? "file" : kindOf(others.get(key), path) });
      }
    }
  };
  const enter = (path: string, answer: WalkAnswer): void => {
    const [pathsBefore, excludedBefore] = [paths.length, excluded.length];
    if (!answer.ignored || !ignore.skips(path)) visit(`${path}/`, answer.matches, answer.ignored);
    if (paths.length > pathsBefore) return;
    if (answer.ignored) {
      excluded.length = excludedBefore;
      leaveOut(path, true, answer);
    } else {
      paths.push({ path: sendable(path), kind: "folder" });
      inOrder = false;
    }
  };
  const leaveOut = (path: string, folder: boolean, { ignored, line, pattern }: WalkAnswer): void => {
    excluded.push({ path, folder, ignored, line, pattern });
  };

  visit("", [], false);
  if (!inOrder) paths.sort((a, b) => compareBytes(a.path, b.path));
  return { paths, excluded };
}

/** A folder's entries in the order of the paths in them. */
interface Listing {
  /** Names; a folder's ends with a slash, because what is in `a` comes behind `a-b`. */
  readonly keys: readonly string[];
  /** What is neither a file nor a folder. */
  readonly others: ReadonlyMap<string, Dirent>;
  /** Whether names are in it that are not UTF-8, or that UTF-16 orders differently. */
  readonly rare: boolean;
}

/** @param folder ends with a slash, unless it is the root */
function listFolder(directory: string, folder: string, ignored: boolean): Listing {
  const others = new Map<string, Dirent>();
  const keys = readFolder(`${directory}/${folder}`, ignored).map((entry) => {
    if (entry.isFile()) return entry.name;
    if (entry.isDirectory()) return `${entry.name}/`;
    others.set(entry.name, entry);
    return entry.name;
  });
  return { keys: keys.sort(), others, rare: SURROGATE.test(keys.join("")) };
}

function readFolder(at: string, ignored: boolean): Dirent[] {
  try {
    const entries = readdirSync(at, { withFileTypes: true });
    if (!entries.some(({ name }) => name.includes("\ufffd"))) return entries;
    const lossless = readdirSync(at, { withFileTypes: true, encoding: "buffer" });
    return lossless.map((entry) => Object.assign(entry, { name: decodeText(entry.name) }) as unknown as Dirent);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (ignored && (code === "EACCES" || code === "EPERM")) return [];
    throw new ContextError({
      subject: "folder of the build context",
      rule: `cannot be read (${code ?? (error as Error).message})`,
      got: at,
      remedy: "make it readable or add it to .dockerignore",
    });
  }
}

function sendable(path: string): string {
  if (!hasUndecodedByte(path)) return path;
  throw new ContextError({
    subject: "path in the build context",
    rule: "must be UTF-8",
    got: path.replace(/\p{Surrogate}/gu, (byte) => `\\x${(byte.charCodeAt(0) - 0xdc00).toString(16)}`),
    remedy: "rename it or add it to .dockerignore",
  });
}

function kindOf(entry: Dirent | undefined, path: string): ContextFileKind {
  if (entry === undefined) return "file";
  if (entry.isSymbolicLink()) return "link";
  const what = entry.isSocket() ? "socket" : entry.isFIFO() ? "pipe" : "device";
  throw new ContextError({
    subject: "path in the build context",
    rule: `must be a file, a folder or a link, not a ${what}`,
    got: path,
    remedy: "remove it or add it to .dockerignore",
  });
}
