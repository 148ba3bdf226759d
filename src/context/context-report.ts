import { BuildContext, type BuildContextOptions } from "./build-context.ts";
import { type ContextFinding, contextFindings } from "./context-findings.ts";
import type { ContextFile } from "./context-path.ts";
import { DockerIgnore } from "./docker-ignore.ts";
import type { TreeChanges } from "./tree-columns.ts";

/** Something that is not sent, and what says so. */
export interface ContextExclusion {
  readonly path: string;
  /** A folder that is left out whole stands for everything in it. */
  readonly folder: boolean;
  readonly file: string;
  readonly line: number;
  readonly pattern: string;
}

/** A build context explained. */
export interface ContextReport {
  readonly directory: string;
  readonly dockerfile: string;
  /** The ignore file that counts; undefined when there is none. */
  readonly ignoreFile?: string;
  readonly files: readonly ContextFile[];
  /** Bytes of all files. */
  readonly size: number;
  readonly excluded: readonly ContextExclusion[];
  /** The content id without arguments, target and platform, which only a stack knows. */
  readonly contentId: string;
  /** What changed since the last synth; undefined when none is remembered. */
  readonly changes?: TreeChanges;
  readonly findings: readonly ContextFinding[];
}

/** Explains what would be sent of `directory`, and changes nothing: the last synth stays the last synth. */
export function contextReport(directory: string, options: Omit<BuildContextOptions, "remember"> = {}): ContextReport {
  const context = BuildContext.open(directory, { ...options, remember: false });
  const { dockerfile, files, ignore } = context;
  return {
    directory,
    dockerfile,
    ignoreFile: ignore === DockerIgnore.EMPTY ? undefined : ignore.file,
    files,
    size: files.reduce((sum, { size }) => sum + size, 0),
    excluded: context.excluded.map(({ path, folder, line = 0, pattern = "" }) => ({
      path,
      folder,
      file: ignore.file,
      line,
      pattern,
    })),
    contentId: context.contentId(),
    changes: context.changes,
    findings: contextFindings(files),
  };
}
