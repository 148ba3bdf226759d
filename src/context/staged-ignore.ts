import { readRootIgnoreFile } from "./context-dockerfile.ts";
import type { ContextFile } from "./context-file.ts";
import type { DockerIgnore, FolderMatches } from "./docker-ignore.ts";

/** Takes every earlier exclusion back. */
const KEEP_EVERYTHING = "!**";

interface Folder {
  readonly matches: FolderMatches;
  /** Whether a client would not look into it. */
  readonly closed: boolean;
}

/**
 * The text that the root's `.dockerignore` needs in a staged folder, undefined where its own does no harm. Why: what
 * is staged is filtered already, but Docker's clients filter it again by that one file, whether or not it was the one
 * that counted, and those that archive a folder do not look for exceptions the way BuildKit does.
 */
export function stagedIgnoreText(directory: string, files: readonly ContextFile[]): string | undefined {
  const root = readRootIgnoreFile(directory);
  if (!root || keepsAll(root.ignore, files)) return undefined;
  return `${root.text}${root.text.endsWith("\n") ? "" : "\n"}${KEEP_EVERYTHING}\n`;
}

/** Whether no client would leave out any of `files` by `ignore`. */
function keepsAll(ignore: DockerIgnore, files: readonly ContextFile[]): boolean {
  const folders = new Map<string, Folder>([["", { matches: [], closed: false }]]);

  const enter = (path: string): Folder => {
    const known = folders.get(path);
    if (known) return known;
    const above = enter(folderOf(path));
    const { ignored, matches } = ignore.walk(path, above.matches);
    const closed = above.closed || (ignored && (ignore.skips(path) || ignore.skipsInArchive(path)));
    const entered = { matches, closed };
    folders.set(path, entered);
    return entered;
  };

  return files.every(({ path }) => {
    const folder = enter(folderOf(path));
    return !folder.closed && !ignore.walk(path, folder.matches).ignored;
  });
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}
