import { lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { ContextError, cleanPath } from "./context-path.ts";
import type { WalkedPath } from "./context-walk.ts";
import { DockerIgnore } from "./docker-ignore.ts";
import { asContextError } from "./read-file.ts";

/** The ignore file that every engine knows. */
export const ROOT_IGNORE_FILE = ".dockerignore";

/** The Dockerfile's path in its shortest form. @throws ContextError when it leads out of the context */
export function dockerfilePath(dockerfile: string): string {
  const path = cleanPath(dockerfile);
  const leadsOut = path.startsWith("/") || path === ".." || path.startsWith("../");
  if (path !== "." && !leadsOut && !path.includes("\0")) return path;
  throw new ContextError({
    subject: "Dockerfile",
    rule: "must be a path inside its build context",
    got: dockerfile,
    remedy: "name it relative to the context, or hand over its text",
  });
}

/** The Dockerfile's text. @throws ContextError when it is missing or only a link out of the context */
export function readDockerfile(directory: string, dockerfile: string): string {
  const text = readInside(directory, dockerfile);
  if (text !== undefined) return text.toString("utf8");
  throw new ContextError({
    subject: "Dockerfile",
    rule: `must be a file in the build context ${JSON.stringify(directory)}`,
    got: dockerfile,
    remedy: "write it, or name the one that is there",
  });
}

/**
 * The ignore file that counts: `<Dockerfile>.dockerignore` before `.dockerignore`, as BuildKit has it.
 * @throws DockerIgnoreError where Docker refuses it
 */
export function readIgnoreFile(directory: string, dockerfile: string): DockerIgnore {
  for (const file of [`${dockerfile}${ROOT_IGNORE_FILE}`, ROOT_IGNORE_FILE]) {
    const text = readInside(directory, file);
    if (text) return DockerIgnore.parse(text, file);
  }
  return DockerIgnore.EMPTY;
}

/**
 * The root's own ignore file, whichever counts: a provider that is handed a folder looks at no other.
 * @throws DockerIgnoreError where Docker refuses it
 */
export function readRootIgnoreFile(
  directory: string,
): { readonly text: string; readonly ignore: DockerIgnore } | undefined {
  const text = readInside(directory, ROOT_IGNORE_FILE);
  return text && { text: text.toString("utf8"), ignore: DockerIgnore.parse(text, ROOT_IGNORE_FILE) };
}

/**
 * What a build is sent although its ignore file leaves it out: the Dockerfile, and the ignore files that are read. Why:
 * the builder needs them, and Docker promises both that they arrive and that no instruction copies them.
 * @param sent what the walk found
 */
export function sentAnyway(directory: string, dockerfile: string, sent: readonly WalkedPath[]): WalkedPath[] {
  const paths = new Set(sent.map(({ path }) => path));
  return neededByBuilder(dockerfile).flatMap((path) => {
    const file = join(directory, path);
    if (paths.has(path) || !isFile(file, path)) return [];
    return [{ path, kind: lstatSync(file).isSymbolicLink() ? "link" : "file" }];
  });
}

/** The paths that the builder itself reads, whether or not there is such a file. */
export function neededByBuilder(dockerfile: string): readonly string[] {
  return [dockerfile, `${dockerfile}${ROOT_IGNORE_FILE}`, ROOT_IGNORE_FILE];
}

/** The bytes of a file, through links as long as they stay in the context; undefined when there is no such file. */
function readInside(directory: string, path: string): Buffer | undefined {
  const file = join(directory, path);
  if (!isFile(file, path)) return undefined;
  if (realpathSync.native(file).startsWith(`${realpathSync.native(directory).replace(/\/$/, "")}${sep}`)) {
    return readBytes(file, path);
  }
  throw new ContextError({
    subject: "file of the build context",
    rule: "must not be a link out of it",
    got: path,
    remedy: "copy the file into the context",
  });
}

function isFile(file: string, path: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
  } catch (error) {
    if (["ENOTDIR", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw asContextError(error, path);
  }
}

function readBytes(file: string, path: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw asContextError(error, path);
  }
}
