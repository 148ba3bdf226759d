import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { isWithin } from "../values/host-path.ts";
import type { DeclaredMount } from "./declared-mount.ts";
import type { ReadService } from "./read-service.ts";
import { contextPath } from "./service-image.ts";
import type { ImageSource, MountSource } from "./translated-service.ts";

/** Mount.file's own. */
const LARGEST_FILE = 2048;
/** Of a release, which holds 8,192 characters in all, so much may be files. */
const LARGEST_SUM = 4096;

interface FileMount {
  readonly mount: DeclaredMount;
  /** Absolute. */
  readonly path: string;
}

/**
 * Files of the project that a service sees: small texts are mounted; where one is more than that, somebody's image is built
 * with all of them upon it. Why not mounted from the machine: a nano has no folder of the project.
 */
export function placedFiles(
  service: ReadService,
  image: ImageSource,
  files: readonly FileMount[],
): { readonly mounts: Readonly<Record<string, MountSource>>; readonly image: ImageSource } {
  const { notes, directory, plain } = service;
  if (files.length === 0) return { image, mounts: {} };
  const sum = files.reduce((total, { path }) => total + sizeOf(path), 0);
  const small = files.every(({ path }) => sizeOf(path) <= LARGEST_FILE) && sum <= LARGEST_SUM;
  if (small && plain.read_only !== true)
    return {
      image,
      mounts: Object.fromEntries(
        files.map(({ mount, path }) => [mount.target, { kind: "file" as const, file: contextPath(directory, path) }]),
      ),
    };
  if (image.kind !== "pulled") {
    for (const { mount, path } of files) {
      const isWithinContext = image.kind === "built" && isWithin(path, resolve(directory, image.context));
      const where = isWithinContext ? "is too large for a mount" : "lies outside of the build context";
      notes.add(mount.key, `${where}: let the Dockerfile copy it`);
    }
    return { image, mounts: {} };
  }
  const root = commonFolder(files.map(({ path }) => dirname(path)));
  const copies = files.map(({ mount, path }) => ({ from: relative(root, path), to: mount.target }));
  for (const { mount } of files) notes.add(mount.key, "is copied into an image: a change of it is a new version");
  return { mounts: {}, image: { kind: "layered", image: image.image, context: contextPath(directory, root), copies } };
}

/** The bytes of a file of text; more than fit for a folder and for what is no text. */
function sizeOf(path: string): number {
  if (!statSync(path).isFile()) return Number.POSITIVE_INFINITY;
  const bytes = readFileSync(path);
  return bytes.length === 0 || bytes.includes(0) ? Number.POSITIVE_INFINITY : bytes.length;
}

function commonFolder(folders: readonly string[]): string {
  const [first = "", ...others] = folders;
  return others.reduce((common, folder) => {
    let shared = common;
    while (relative(shared, folder).startsWith("..")) shared = resolve(shared, "..");
    return shared;
  }, first);
}
