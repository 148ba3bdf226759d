import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { IConstruct } from "constructs";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { ImageReference } from "../values/image-reference.ts";
import { nearest } from "../values/nearest-word.cjs";
import { Platform } from "../values/platform.ts";

/** An image of a release as its file has it; what an image does not say is left out. */
export interface ReleasedImage {
  /** The repository and the digest, `uri@sha256:…`. */
  readonly reference: string;
  /** The version that people know it by. */
  readonly version?: string;
  /** What it was built from. */
  readonly contentId?: string;
  /** What it was built for; empty for the platform of the engine that built it. */
  readonly platforms: readonly string[];
  readonly exposedPorts?: readonly number[];
  readonly declaredVolumes?: readonly string[];
  /** What runs it, by path below the stack, e.g. `host/web`. */
  readonly runs: readonly string[];
}

/** What an environment serves, as `PromotableRelease` writes it down; `docs/environments.md` has it for other programs. */
export interface ReleaseDocument {
  /** Of this form; what is added to it does not change it. */
  readonly schema: 1;
  readonly stack: string;
  readonly environment?: string;
  /** By the path of each image's construct below the stack. */
  readonly images: Readonly<Record<string, ReleasedImage>>;
}

/** An image of another environment, read and checked. */
export interface PromotableImage extends Omit<ReleasedImage, "reference" | "platforms"> {
  readonly reference: ImageReference;
  readonly platforms: readonly Platform[];
}

/** Why there is no such image yet: an environment has to be deployed first. */
export class NotReleased {
  constructor(readonly problem: string) {}
}

/**
 * The image `name` of the release in the file at `path`, relative to the working directory.
 *
 * @throws {ConstructError} for a file that is no release
 */
export function readReleasedImage(scope: IConstruct, path: string, name: string): PromotableImage | NotReleased {
  const file = resolve(path);
  if (!existsSync(file)) {
    return new NotReleased(
      `there is no ${path}: deploy the environment that writes it, or take the file over from where that was deployed`,
    );
  }
  const { stack, images } = readDocument(scope, path, file);
  const found = Object.hasOwn(images, name) ? images[name] : undefined;
  if (found === undefined) {
    const near = nearest(name, Object.keys(images));
    const known = near ? `did you mean ${near}?` : `there are ${Object.keys(images).sort().join(", ") || "none"}`;
    return new NotReleased(`${stack} serves no image ${name} by ${path}: ${known}`);
  }
  return readImage(scope, path, name, found);
}

function readDocument(scope: IConstruct, path: string, file: string): ReleaseDocument {
  let document: Partial<ReleaseDocument> | null | undefined;
  try {
    document = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    document = undefined;
  }
  if (document?.schema === 1 && typeof document.images === "object" && document.images !== null)
    return document as ReleaseDocument;
  throw new ConstructError(scope, "release", {
    subject: "release file",
    rule: "must be JSON of schema 1 with images, as PromotableRelease writes it",
    got: path,
    remedy: "deploy the environment that writes it once more",
  });
}

function readImage(scope: IConstruct, path: string, name: string, image: ReleasedImage): PromotableImage {
  const property = `release ${path}, image ${name}`;
  const reference = atProperty(scope, property, () => ImageReference.parse(image.reference));
  if (reference.digest === undefined) {
    const rule = "must have a digest, which is what is promoted";
    throw new ConstructError(scope, property, { subject: "image reference", rule, got: image.reference });
  }
  const platforms = atProperty(scope, property, () => (image.platforms ?? []).map((each) => Platform.parse(each)));
  return { ...image, reference, platforms };
}
