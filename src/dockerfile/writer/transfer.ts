import { Refusal } from "../dockerfile-error.ts";
import type { InlineFile, Transfer } from "../instructions/instruction.ts";
import type { EscapeCharacter } from "../syntax/directives.ts";
import { knownFlags } from "./known-flags.ts";
import { Text, type TextLike, toExpandedWord, toListedPath } from "./text.ts";

/** A file whose content the Dockerfile holds. */
export interface FileText {
  /** A plain file name; the destination says the folder. */
  readonly name: string;
  /** Whole lines: it ends with a line feed. */
  readonly content: string;
  /** Let the builder replace variables in it. @default false */
  readonly expand?: boolean;
}

/** A path, which may hold `*` and `?`, or a file of text. */
export type Source = TextLike | FileText;

interface TransferOptions {
  /** `user:group`. @default - root */
  readonly chown?: string;
  /** e.g. `"0755"`. @default - as in the source */
  readonly chmod?: string;
  /** Make a layer that does not depend on those below. @default false */
  readonly link?: boolean;
  /** Patterns of paths to leave out. @default - none */
  readonly exclude?: readonly string[];
}

export interface CopyOptions extends TransferOptions {
  /** A stage or an image. @default - the build context */
  readonly from?: string;
  /** Keep the sources' folders. @default false */
  readonly parents?: boolean;
}

export interface AddOptions extends TransferOptions {
  /** What the fetched file must hash to, e.g. `sha256:…`. */
  readonly checksum?: string;
  /** Keep `.git` of a fetched repository. @default false */
  readonly keepGitDir?: boolean;
  /** Unpack archives. @default - local ones */
  readonly unpack?: boolean;
}

const TRANSFER = { chown: true, chmod: true, link: true, exclude: true } as const;
export const COPY_OPTIONS = { ...TRANSFER, from: true, parents: true } as const;
export const ADD_OPTIONS = { ...TRANSFER, checksum: true, keepGitDir: true, unpack: true } as const;

/** What COPY and ADD share, made of what a person gave. */
export function toTransfer(
  given: Source | readonly Source[],
  destination: TextLike,
  options: TransferOptions,
  escapeMark: EscapeCharacter,
): Transfer {
  const all: readonly Source[] = isList(given) ? given : [given];
  const files = all.filter(isFile).map(toFile);
  const sources = all.filter(isPath).map((path) => toListedPath(path, escapeMark));
  if (sources.length + files.length === 0) throw new Refusal("needs a source", "[]");
  const { chown, chmod, link = false, exclude = [] } = options;
  return {
    sources,
    files,
    destination: toListedPath(destination, escapeMark),
    link,
    exclude: [...exclude],
    ...(chown === undefined ? {} : { chown: toExpandedWord(chown, escapeMark) }),
    ...(chmod === undefined ? {} : { chmod: toExpandedWord(chmod, escapeMark) }),
  };
}

function isList(given: Source | readonly Source[]): given is readonly Source[] {
  return Array.isArray(given);
}

function isFile(source: Source): source is FileText {
  return typeof source === "object" && !(source instanceof Text);
}

function isPath(source: Source): source is TextLike {
  return !isFile(source);
}

function toFile(file: FileText): InlineFile {
  knownFlags(file, { name: true, content: true, expand: true });
  const { name, content, expand = false } = file;
  if (!/^[\w.-]+$/.test(name)) {
    throw new Refusal("names a file of text by letters, digits, dots, dashes and underscores", name);
  }
  if (content !== "" && !content.endsWith("\n")) {
    throw new Refusal("holds a file of text in whole lines", name, "end its content with a line feed");
  }
  return { name, content, expand };
}
