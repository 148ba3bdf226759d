import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { IConstruct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import type { ImageReference } from "../values/image-reference.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The pins: which digest each tag stands for, as `slipway.lock.json` beside the project says. Why a file: synth must
 * not ask the network, and the day a base image moves is a commit that somebody reviewed.
 *
 * Two variables of the environment move it: `SLIPWAY_LOCKFILE` names another file; with `SLIPWAY_LOCK_COLLECT` set,
 * every reference that is asked for is appended to the file it names, one a line, which is how `slipway lock` learns
 * what to resolve.
 */
export class Lockfile {
  /** The lockfile that holds for this synth. @throws {ConstructError} when it is not a lockfile */
  static read(scope: IConstruct): Lockfile {
    const path = resolve(process.env.SLIPWAY_LOCKFILE ?? "slipway.lock.json");
    if (!existsSync(path)) return new Lockfile(path, {});
    let images: unknown;
    try {
      const document = JSON.parse(readFileSync(path, "utf8")) as { version?: unknown; images?: unknown };
      images = document.version === 1 ? document.images : undefined;
    } catch {
      images = undefined;
    }
    if (!isPins(images)) {
      throw new ConstructError(
        scope,
        "lockfile",
        `is not a lockfile of version 1, got ${path}: write it anew by npx slipway lock`,
      );
    }
    return new Lockfile(path, images);
  }

  private constructor(
    readonly path: string,
    private readonly images: Readonly<Record<string, string>>,
  ) {}

  /** The digest that `reference`'s tag is pinned to, if it is. */
  digestOf(reference: ImageReference): string | undefined {
    const key = lockKey(reference);
    const collect = process.env.SLIPWAY_LOCK_COLLECT;
    if (collect) appendFileSync(collect, `${key}\n`);
    return Object.hasOwn(this.images, key) ? this.images[key] : undefined;
  }

  /** Whether this synth only collects what is to be pinned, so that what is missing is no error yet. */
  static get collecting(): boolean {
    return Boolean(process.env.SLIPWAY_LOCK_COLLECT);
  }
}

/** How the lockfile names a tag: fully, so that `nginx` and `docker.io/library/nginx:latest` are one entry. */
export function lockKey(reference: ImageReference): string {
  return `${reference.name}:${reference.tag ?? "latest"}`;
}

function isPins(images: unknown): images is Record<string, string> {
  return (
    typeof images === "object" &&
    images !== null &&
    !Array.isArray(images) &&
    Object.values(images).every((digest) => typeof digest === "string" && DIGEST.test(digest))
  );
}
