import { ImageReference } from "./image-reference.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { refuseUnknownOptions } from "./known-options.ts";

/** How much of a build a cache keeps. */
export interface BuildCacheOptions {
  /** `max` keeps the layers of every stage, `min` those of the image alone. @default "max" */
  readonly mode?: "min" | "max";
}

type Place =
  | { readonly kind: "registry"; readonly reference: string }
  | { readonly kind: "local"; readonly folder: string }
  | { readonly kind: "inline" };

/**
 * A place where a builder keeps the layers of its steps, so that another machine need not repeat them.
 *
 * @see https://docs.docker.com/build/cache/backends/
 */
export class BuildCache {
  /**
   * A tag of a registry, e.g. `ghcr.io/octo-org/catalog:cache`; it moves with every build, so it must be free to.
   *
   * @throws InvalidValueError for a malformed reference, one without a tag, or one with a digest
   */
  static registry(reference: string, options: BuildCacheOptions = {}): BuildCache {
    const { name, tag, digest } = ImageReference.parse(reference);
    if (tag === undefined || digest !== undefined) {
      const rule = "must have a tag and no digest";
      throw new InvalidValueError({ subject: "cache", rule, got: reference, remedy: `write "${name}:cache"` });
    }
    return new BuildCache({ kind: "registry", reference }, modeOf(options));
  }

  /** A folder of the machine that deploys, relative to the working directory. @throws InvalidValueError for no folder */
  static local(folder: string, options: BuildCacheOptions = {}): BuildCache {
    if (typeof folder !== "string" || folder === "") {
      throw new InvalidValueError({ subject: "cache folder", rule: "must be a path", got: folder });
    }
    return new BuildCache({ kind: "local", folder }, modeOf(options));
  }

  /** The image itself, which carries what a later build needs of it; read again by {@link registry} with the image's tag. */
  static inline(): BuildCache {
    return new BuildCache({ kind: "inline" });
  }

  private constructor(
    readonly place: Place,
    readonly mode?: "min" | "max",
  ) {}

  toString(): string {
    const { place } = this;
    if (place.kind === "registry") return place.reference;
    return place.kind === "local" ? place.folder : "inline";
  }

  toJSON(): object {
    return { ...this.place, ...(this.mode === undefined ? {} : { mode: this.mode }) };
  }
}

function modeOf(options: BuildCacheOptions): "min" | "max" {
  refuseUnknownOptions("build cache", options, { mode: true });
  const { mode = "max" } = options;
  if (mode === "min" || mode === "max") return mode;
  throw new InvalidValueError({ subject: "cache mode", rule: "must be min or max", got: mode });
}
