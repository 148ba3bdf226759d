import { existsSync, readFileSync, statSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { Dockerfile } from "../dockerfile/dockerfile.ts";
import type { Stage } from "../dockerfile/stage.ts";
import type { Statement } from "../dockerfile/statement.ts";
import { isWithin } from "../values/host-path.ts";
import type { BuiltSource } from "./translated-service.ts";

interface Copied {
  /** Absolute, in the image. */
  readonly to: string;
  /** Whether any of it is a folder. */
  readonly hasFolder: boolean;
}

/**
 * Whether the image has at `target` what lies there of its context, as far as its Dockerfile tells. Why not of any mount
 * over a built image: a stage for developers copies nothing, and an Nginx's configuration is often mounted alone.
 */
export function hasCopied(source: BuiltSource, directory: string, target: string, isFile: boolean): boolean {
  const copied = copiedBy(source, resolve(directory, source.context));
  if (copied === undefined) return true;
  return copied.some(({ to, hasFolder }) => {
    if (isFile) return to === target || (hasFolder && isWithin(target, to));
    return hasFolder && (isWithin(target, to) || isWithin(to, target));
  });
}

/** What the stage and those below it copy from the context; nothing where that cannot be told. */
function copiedBy({ dockerfile = "Dockerfile", inline, target }: BuiltSource, context: string): Copied[] | undefined {
  const path = join(context, dockerfile);
  const text = inline ?? (existsSync(path) ? readFileSync(path, "utf8") : undefined);
  if (text === undefined) return undefined;
  try {
    let folder = "/";
    return statementsOf(Dockerfile.parse(text).stage(target)).flatMap((each) => {
      if (each.keyword === "WORKDIR") folder = posix.resolve(folder, known(each.path));
      if (each.keyword !== "ADD" && (each.keyword !== "COPY" || each.from !== undefined)) return [];
      const hasFolder = each.sources.map(known).some((from) => from.includes("*") || isFolder(join(context, from)));
      return [{ to: posix.resolve(folder, known(each.destination)), hasFolder }];
    });
  } catch {
    return undefined; // the synth says what is wrong with it, with its line; of a variable nobody knows here
  }
}

function statementsOf(stage: Stage): Statement[] {
  return [...(stage.parent === undefined ? [] : statementsOf(stage.parent)), ...stage.effective];
}

/** @throws Error for a word with a variable in it */
function known(word: string): string {
  if (word.includes("$")) throw new Error("a variable");
  return word;
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
