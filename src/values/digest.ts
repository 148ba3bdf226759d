import { InvalidValueError } from "./invalid-value-error.ts";

/** Hexadecimal digits by algorithm: those that the Docker command line registers. */
const HEX_DIGITS: ReadonlyMap<string, number> = new Map([
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);

// algorithm [ separator algorithm ]* ":" encoded, in go-digest's wider spelling (any algorithm, any encoding)
const WELL_FORMED = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/** Why a text is no digest; the codes are distribution's. */
export interface DigestProblem {
  readonly code: "DIGEST_FORMAT" | "DIGEST_UNSUPPORTED" | "DIGEST_LENGTH";
  readonly rule: string;
  readonly remedy: string;
}

/** The address of content by its hash, e.g. `sha256:9f86d0…`. */
export class Digest {
  /** @throws InvalidValueError when `text` is no digest that Docker accepts */
  static parse(text: string): Digest {
    const problem = Digest.problemWith(text);
    if (problem) throw new InvalidValueError({ subject: "digest", got: text, ...problem });
    const colon = text.indexOf(":");
    return new Digest(text.slice(0, colon), text.slice(colon + 1));
  }

  /** What is wrong with `text` as a digest, in the order in which upstream looks; undefined when nothing is. */
  static problemWith(text: unknown): DigestProblem | undefined {
    if (typeof text !== "string" || !text.includes(":")) {
      return { code: "DIGEST_FORMAT", rule: "must be an algorithm, a colon and a hash", remedy: SHAPE };
    }
    const colon = text.indexOf(":");
    const algorithm = text.slice(0, colon);
    const hex = text.slice(colon + 1);
    if (hex === "") return { code: "DIGEST_FORMAT", rule: "must have a hash after its colon", remedy: SHAPE };

    const digits = HEX_DIGITS.get(algorithm);
    if (digits === undefined) {
      if (HEX_DIGITS.has(algorithm.toLowerCase())) {
        const remedy = `write "${algorithm.toLowerCase()}"`;
        return { code: "DIGEST_FORMAT", rule: "must name its algorithm in lower case", remedy };
      }
      return {
        code: WELL_FORMED.test(text) ? "DIGEST_UNSUPPORTED" : "DIGEST_FORMAT",
        rule: `must use one of the algorithms ${[...HEX_DIGITS.keys()].join(", ")}`,
        remedy: SHAPE,
      };
    }
    if (hex.length !== digits) {
      const remedy = `copy it whole: it has ${hex.length} digits now`;
      return { code: "DIGEST_LENGTH", rule: `must have ${digits} hexadecimal digits after "${algorithm}:"`, remedy };
    }
    if (!/^[a-f0-9]+$/.test(hex)) {
      const rule = "must be written in the digits 0-9 and a-f, lower case";
      return { code: "DIGEST_FORMAT", rule, remedy: "copy it as the registry prints it" };
    }
    return undefined;
  }

  private constructor(
    readonly algorithm: string,
    readonly hex: string,
  ) {}

  equals(other: Digest): boolean {
    return this.algorithm === other.algorithm && this.hex === other.hex;
  }

  toString(): string {
    return `${this.algorithm}:${this.hex}`;
  }
}

const SHAPE = 'a digest looks like "sha256:" and 64 hexadecimal digits';
