import { randomBytes } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { neededByBuilder, ROOT_IGNORE_FILE, readRootIgnoreFile } from "./context-dockerfile.ts";
import { ContextError, type ContextFile } from "./context-path.ts";
import type { DockerIgnore, FolderMatches } from "./docker-ignore.ts";
import { type CopySource, StagedCopy } from "./staged-copy.ts";

/** What is staged. */
export interface StageSource extends Omit<CopySource, "texts"> {
  readonly dockerfile: string;
  readonly ignore: DockerIgnore;
  /** The Dockerfile's text where it is given; the one path without a row is its. */
  readonly text?: string;
}

const ABANDONED_AFTER_MS = 60 * 60 * 1000;

/** Copies a context to `into`; what that promises is said at `BuildContext.stage`. */
export function stageContext(source: StageSource, into: string): void {
  const target = resolve(into);
  refuseStagingIntoItself(source, target);
  const copy = new StagedCopy({ ...source, texts: givenTexts(source) });
  if (copy.isAt(target)) return;
  mkdirSync(dirname(target), { recursive: true });
  removeAbandoned(target);
  const building = sibling(target);
  try {
    copy.write(building);
    replace(target, building);
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    // Another synth may have been quicker.
    if (!copy.isAt(target)) throw error;
  }
}

function givenTexts(source: StageSource): ReadonlyMap<string, string> {
  const { sent, text } = source;
  const texts = new Map<string, string>();
  const given = sent.find(({ row }) => row === undefined);
  if (given && text !== undefined) texts.set(given.path, text);
  const ignoreText = sent.some(({ path }) => path === ROOT_IGNORE_FILE) ? stagedIgnoreText(source) : undefined;
  return ignoreText === undefined ? texts : texts.set(ROOT_IGNORE_FILE, ignoreText);
}

function replace(target: string, building: string): void {
  const old = lstatSync(target, { throwIfNoEntry: false }) && sibling(target);
  if (old) renameSync(target, old);
  renameSync(building, target);
  if (old) rmSync(old, { recursive: true, force: true });
}

function sibling(target: string): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}`);
}

/** Removes what synths that were killed left beside `target`. */
function removeAbandoned(target: string): void {
  const prefix = `.${basename(target)}.`;
  for (const name of readdirSync(dirname(target))) {
    const path = join(dirname(target), name);
    if (!name.startsWith(prefix)) continue;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.ctimeMs > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true });
  }
}

function refuseStagingIntoItself({ directory, ignore }: StageSource, target: string): void {
  const path = relative(realpathSync(directory), realPlace(target)).split(sep).join("/");
  if (path === ".." || path.startsWith("../")) return;
  if (path !== "" && ignore.decide(path).ignored) return;
  const out = /^(.*\/)?cdktf\.out(?=\/|$)/.exec(path)?.[0] ?? dirname(path);
  throw new ContextError({
    subject: "build context",
    rule: "must not hold the folder that it is staged to, or each synth would send the one before",
    got: directory,
    remedy: path === "" ? "stage it somewhere else" : `add the line ${JSON.stringify(out)} to ${ignore.file}`,
  });
}

/** The path with the links in its existing part resolved. */
function realPlace(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realPlace(dirname(path)), basename(path));
}

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
 * that counted, and those that archive a folder do not look for exceptions the way BuildKit does. What is sent although
 * it is left out stays left out here, for that is how a builder knows what no instruction may copy.
 */
function stagedIgnoreText({ directory, dockerfile, ignore, files }: StageSource): string | undefined {
  const root = readRootIgnoreFile(directory);
  if (!root) return undefined;
  const anyway = neededByBuilder(dockerfile).filter((path) => files.some((file) => file.path === path));
  const others = files.filter(({ path }) => !anyway.includes(path));
  const leftOut = (by: DockerIgnore) => anyway.filter((path) => by.decide(path).ignored);
  if (keepsAll(root.ignore, others) && isDeepStrictEqual(leftOut(root.ignore), leftOut(ignore))) return undefined;
  const patterns = leftOut(ignore).map((path) => path.replace(/[*?[\]\\!#^]/g, "\\$&"));
  return [root.text.replace(/\n$/, ""), KEEP_EVERYTHING, ...patterns, ""].join("\n");
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
