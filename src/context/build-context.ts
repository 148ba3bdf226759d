import { statSync } from "node:fs";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { type ContentInputs, contentId } from "./content-id.ts";
import {
  dockerfilePath,
  readDockerfile,
  readIgnoreFile,
  readRootIgnoreFile,
  sentAnyway,
} from "./context-dockerfile.ts";
import { ContextMemory } from "./context-memory.ts";
import { ContextError, type ContextFile, compareBytes } from "./context-path.ts";
import { type ExcludedPath, type WalkedPath, walkContext } from "./context-walk.ts";
import { DockerIgnore } from "./docker-ignore.ts";
import {
  digestWithText,
  type KnownTree,
  type ReadTree,
  readTarget,
  readTree,
  type SentPath,
  sentPaths,
  statFile,
} from "./read-tree.ts";
import { stageContext } from "./stage-context.ts";
import { type TreeChanges, treeChanges } from "./tree-columns.ts";

/** What {@link BuildContext.open} takes. */
export interface BuildContextOptions {
  /** The Dockerfile's path, relative to the directory. @default "Dockerfile" */
  readonly dockerfile?: string;
  /** The Dockerfile's text, in place of a file at that path. @default - the file is read */
  readonly dockerfileText?: string;
  /**
   * Whether {@link BuildContext.contentId} remembers what it read, for the next synth to be quick and to say what
   * changed. What is remembered already is used either way.
   * @default true
   */
  readonly remember?: boolean;
}

/** A directory as it was found. */
interface Found {
  readonly directory: string;
  readonly dockerfile: string;
  readonly ignore: DockerIgnore;
  readonly excluded: readonly ExcludedPath[];
  readonly paths: readonly WalkedPath[];
  readonly remember: boolean;
}

/**
 * A directory as an engine is sent it. Why read at synth: what is built is known by its content before anything is
 * built, so that a touched file changes nothing and a changed byte changes the image's name.
 */
export class BuildContext {
  readonly directory: string;
  /** The Dockerfile's path as it was given, relative to the directory. */
  readonly dockerfile: string;
  /** The Dockerfile's text. */
  readonly dockerfileText: string;
  /** What decides which files are sent. */
  readonly ignore: DockerIgnore;
  /** What is not sent, and why; a folder that is left out whole stands for what is in it. */
  readonly excluded: readonly ExcludedPath[];
  private readonly sent: readonly SentPath[];
  private readonly memory: ContextMemory;
  private lastSynth?: { readonly tree?: KnownTree };
  private tree?: ReadTree;
  private listed?: readonly ContextFile[];

  private constructor(
    private readonly found: Found,
    private readonly givenText: string | undefined,
  ) {
    const { directory, dockerfile, ignore, excluded, paths } = found;
    const path = dockerfilePath(dockerfile);
    this.directory = directory;
    this.dockerfile = dockerfile;
    this.dockerfileText = givenText ?? readDockerfile(directory, path);
    this.ignore = ignore;
    this.excluded = excluded;
    this.sent = sentPaths(paths, givenText === undefined ? undefined : path);
    this.memory = ContextMemory.of(directory, path);
  }

  /** @throws ContextError, DockerIgnoreError for a directory that cannot be built */
  static open(directory: string, options: BuildContextOptions = {}): BuildContext {
    refuseUnknownOptions("build context", options, { dockerfile: true, dockerfileText: true, remember: true });
    const { dockerfile = "Dockerfile", dockerfileText, remember = true } = options;
    requireDirectory(directory);
    const path = dockerfilePath(dockerfile);
    const ignore = readIgnoreFile(directory, path);
    const walked = walkContext(directory, ignore);
    const paths = withPaths(walked.paths, sentAnyway(directory, path, walked.paths));
    if (paths.length === 0) throw emptyContext(directory);
    readRootIgnoreFile(directory);
    const excluded = walked.excluded.filter((left) => left.folder || !paths.some((sent) => sent.path === left.path));
    return new BuildContext({ directory, dockerfile, ignore, excluded, paths, remember }, dockerfileText);
  }

  /** The same files with `text` in place of the Dockerfile, without walking the directory again. */
  withDockerfileText(text: string): BuildContext {
    const context = new BuildContext(this.found, text);
    context.tree = this.tree;
    context.lastSynth = this.lastSynth;
    return context;
  }

  /** Whether an ignore file counts, be it one that names nothing. */
  get hasIgnoreFile(): boolean {
    return this.ignore !== DockerIgnore.EMPTY;
  }

  /** What is sent, sorted by the bytes of its path. */
  get files(): readonly ContextFile[] {
    this.listed ??= this.sent.map((path) => this.describe(path));
    return this.listed;
  }

  /** What changed in the directory since the last synth that remembered; undefined when none did. */
  get changes(): TreeChanges | undefined {
    const { columns } = this.read();
    const before = this.recalled();
    return before && treeChanges(before.columns, columns);
  }

  /** 64 hexadecimal digits, the same for the same content on any machine, others for any other content. */
  contentId(inputs: ContentInputs = {}): string {
    const tree = this.read();
    if (this.found.remember && tree.columns !== this.recalled()?.columns) this.memory.remember(tree);
    return contentId(this.sentDigest(tree), dockerfilePath(this.dockerfile), inputs);
  }

  /**
   * Copies what is sent into a folder of its own, which appears complete or not at all and is left alone when it is
   * there already. Permissions are 0644 and 0755 whatever the umask, times are drawn from the content.
   * @throws ContextError when a file changed since it was read, or when the folder would be sent with the context
   */
  stage(intoDirectory: string): void {
    const { directory, ignore, sent, files, givenText: text } = this;
    const tree = this.read();
    const dockerfile = dockerfilePath(this.dockerfile);
    const source = { directory, dockerfile, ignore, sent, files, text, tree, digest: this.sentDigest(tree) };
    stageContext(source, intoDirectory);
  }

  private read(): ReadTree {
    this.tree ??= readTree(this.directory, this.found.paths, this.recalled());
    return this.tree;
  }

  private recalled(): KnownTree | undefined {
    this.lastSynth ??= { tree: this.memory.recall() };
    return this.lastSynth.tree;
  }

  private sentDigest(tree: ReadTree): Buffer {
    return this.givenText === undefined ? tree.digest : digestWithText(tree, this.sent, this.givenText);
  }

  private describe({ path, kind, row }: SentPath): ContextFile {
    if (row === undefined) return { path, kind, executable: false, size: Buffer.byteLength(this.dockerfileText) };
    if (kind === "folder") return { path, kind, executable: false, size: 0 };
    if (kind === "link") {
      const target = this.tree?.targets.get(path) ?? readTarget(this.directory, path);
      return { path, kind, executable: false, size: 0, target };
    }
    if (this.tree) {
      const { columns } = this.tree;
      return { path, kind, executable: columns.isExecutable(row), size: columns.size(row) };
    }
    const { mode, size } = statFile(this.directory, path);
    return { path, kind, executable: (mode & 0o100n) !== 0n, size: Number(size) };
  }
}

function requireDirectory(directory: string): void {
  const found = typeof directory === "string" ? statSync(directory, { throwIfNoEntry: false }) : undefined;
  if (found?.isDirectory()) return;
  const rule = found ? "must be a directory, not a file" : "must be a directory that exists";
  const remedy = found ? "name the directory that holds it" : "check the path";
  throw new ContextError({ subject: "build context", rule, got: directory, remedy });
}

/** `paths` with `added` among them; a folder that one of those is in stands no longer for itself. */
function withPaths(paths: readonly WalkedPath[], added: readonly WalkedPath[]): readonly WalkedPath[] {
  if (added.length === 0) return paths;
  const kept = paths.filter(({ path }) => !added.some((it) => it.path.startsWith(`${path}/`)));
  return [...kept, ...added].sort((a, b) => compareBytes(a.path, b.path));
}

function emptyContext(directory: string): ContextError {
  const remedy = "name a directory with files in it";
  return new ContextError({ subject: "build context", rule: "must not be empty", got: directory, remedy });
}
