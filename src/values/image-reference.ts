import { Digest } from "./digest.ts";
import { type InvalidValue, InvalidValueError } from "./invalid-value-error.ts";
import {
  DOCKER_HUB,
  type ImageReferenceErrorCode,
  OFFICIAL_PREFIX,
  type ReferenceParts,
  readNormalisedReference,
  referenceGrammar,
} from "./reference-grammar.ts";

/** A text that is no image reference. Why a code besides the words: it is upstream's own answer, for programs to act on. */
export class ImageReferenceError extends InvalidValueError {
  readonly code: ImageReferenceErrorCode;
  /** The reference that was probably meant; always one that parses. */
  readonly suggestion?: string;

  constructor(problem: InvalidValue & { code: ImageReferenceErrorCode; suggestion?: string }) {
    super(problem);
    this.code = problem.code;
    this.suggestion = problem.suggestion;
  }
}

/**
 * The full name of an image, normalised as Docker does. Why not a string: `python`, `docker.io/python` and
 * `docker.io/library/python` are one image, and only the normalised form can be compared, split and pinned.
 */
export class ImageReference {
  /**
   * Reads `text` as distribution/reference's normalising parser does.
   * @throws ImageReferenceError with upstream's answer as `code` and the likely mistake as `remedy`
   */
  static parse(text: string): ImageReference {
    const parts = typeof text === "string" ? readNormalisedReference(text) : "INVALID_FORMAT";
    if (typeof parts === "string") {
      // Loaded when something is wrong: most programs make no mistake.
      const { explainReference } = require("./reference-mistake") as typeof import("./reference-mistake.ts");
      const problem = explainReference(text, parts);
      throw new ImageReferenceError({ subject: "image reference", code: parts, got: text, ...problem });
    }
    return new ImageReference(parts);
  }

  /**
   * Orders references as upstream sorts them: those that say most first (tag and digest, tag, digest, name alone),
   * equals by their text.
   */
  static compare(a: ImageReference, b: ImageReference): number {
    if (a.rank !== b.rank) return a.rank - b.rank;
    const [left, right] = [a.toString(), b.toString()];
    return left < right ? -1 : left > right ? 1 : 0;
  }

  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;

  private constructor(parts: ReferenceParts) {
    this.domain = parts.domain;
    this.path = parts.path;
    this.tag = parts.tag;
    this.digest = parts.digest;
  }

  /** Domain and path, without tag and digest. */
  get name(): string {
    return this.domain === "" ? this.path : `${this.domain}/${this.path}`;
  }

  /** The name as Docker shows it, e.g. `python` for `docker.io/library/python`. */
  get familiarName(): string {
    if (this.domain !== DOCKER_HUB) return this.name;
    return this.namespaceKind === "official" ? this.path.slice(OFFICIAL_PREFIX.length) : this.path;
  }

  /** The whole reference as Docker shows it, e.g. `python:3.12`. For people: `localhost/a` on Docker Hub shows as one on localhost. */
  get familiar(): string {
    return this.familiarName + this.suffix;
  }

  /** What a pull asks for: this reference, with the tag `latest` where it has neither tag nor digest. */
  get pullName(): string {
    return this.suffix === "" ? `${this.name}:latest` : this.toString();
  }

  /** Whose namespace it is: Docker Hub's official images, a user's or organisation's on Docker Hub, or another registry's. */
  get namespaceKind(): "official" | "user" | "self-hosted" {
    if (this.domain !== DOCKER_HUB) return "self-hosted";
    return /^library\/[^/]+$/.test(this.path) ? "official" : "user";
  }

  /** The same image with the tag `tag`; a digest stays. */
  withTag(tag: string): ImageReference {
    if (typeof tag !== "string" || !referenceGrammar.tag.test(tag)) {
      const rule = "must be 1 to 128 letters, digits, underscores, dots and dashes, the first no dot or dash";
      const remedy = 'a tag looks like "1.4.2"';
      throw new ImageReferenceError({ subject: "image tag", code: "INVALID_FORMAT", rule, got: tag, remedy });
    }
    return new ImageReference({ ...this.parts, tag });
  }

  /** The same image pinned to `digest`; a tag stays. */
  withDigest(digest: string): ImageReference {
    const problem = Digest.problemWith(digest);
    if (problem) throw new ImageReferenceError({ subject: "image digest", got: digest, ...problem });
    return new ImageReference({ ...this.parts, digest });
  }

  equals(other: ImageReference): boolean {
    return this.toString() === other.toString();
  }

  toString(): string {
    return this.name + this.suffix;
  }

  toJSON(): string {
    return this.toString();
  }

  private get parts(): ReferenceParts {
    return { domain: this.domain, path: this.path, tag: this.tag, digest: this.digest };
  }

  private get suffix(): string {
    return (this.tag === undefined ? "" : `:${this.tag}`) + (this.digest === undefined ? "" : `@${this.digest}`);
  }

  private get rank(): number {
    return (this.tag === undefined ? 2 : 0) + (this.digest === undefined ? 1 : 0);
  }
}
