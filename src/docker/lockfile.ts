import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { IConstruct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import type { ImageReference } from "../values/image-reference.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Ids by region and by the name under which they are asked for. */
type MachineImages = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * The pins: which digest each tag stands for, and which id a machine image has, as `slipway.lock.json` beside the project says. Why a file: synth must
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
    if (!existsSync(path)) return new Lockfile(path, {}, {});
    let images: unknown;
    let machineImages: unknown;
    try {
      const document = JSON.parse(readFileSync(path, "utf8")) as Record<
        "version" | "images" | "machineImages",
        unknown
      >;
      images = document.version === 1 ? document.images : undefined;
      machineImages = document.machineImages ?? {};
    } catch {
      images = undefined;
    }
    if (!isPins(images) || !isMap(machineImages) || !Object.values(machineImages).every(isMap)) {
      throw new ConstructError(
        scope,
        "lockfile",
        `is not a lockfile of version 1, got ${path}: write it anew by npx slipway lock`,
      );
    }
    return new Lockfile(path, images, machineImages as MachineImages);
  }

  private constructor(
    readonly path: string,
    private readonly images: Readonly<Record<string, string>>,
    private readonly machineImages: MachineImages,
  ) {}

  /** The digest that `reference`'s tag is pinned to, if it is. */
  digestOf(reference: ImageReference): string | undefined {
    const key = lockKey(reference);
    collect(key);
    return Object.hasOwn(this.images, key) ? this.images[key] : undefined;
  }

  /** What a machine image is pinned to in a region, by the parameter that says its id, if it is. */
  machineImage(region: string, parameter: string): string | undefined {
    collect(`machine-image ${region} ${parameter}`);
    return this.machineImages[region]?.[parameter];
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

/** Says what is to be pinned, where a synth runs for that. */
function collect(line: string): void {
  const file = process.env.SLIPWAY_LOCK_COLLECT;
  if (file) appendFileSync(file, `${line}\n`);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isPins(images: unknown): images is Record<string, string> {
  return isMap(images) && Object.values(images).every((digest) => typeof digest === "string" && DIGEST.test(digest));
}
