import { Digest } from "./digest.ts";
import type { ImageReferenceErrorCode } from "./image-reference-error.ts";
import { hasUpperCase, lowerCase, splitDomain } from "./reference-domain.ts";
import { LONGEST_PATH, referenceGrammar } from "./reference-grammar.ts";

/** What the grammar finds in a reference. */
export interface ReferenceParts {
  /** Empty where there is none, or where upstream reads it as a part of the path, as in `a_b.c/app`. */
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** The parts of a reference as it stands, or upstream's reason to refuse it (distribution/reference, `Parse`). */
export function readReference(text: string): ReferenceParts | ImageReferenceErrorCode {
  if (text === "") return "NAME_EMPTY";

  const match = referenceGrammar.reference.exec(text);
  if (!match) return referenceGrammar.reference.test(lowerCase(text)) ? "NAME_UPPERCASE" : "INVALID_FORMAT";

  const [, domain = "", path = "", tag, digest] = match;
  if (path.length > LONGEST_PATH) return "NAME_TOO_LONG";
  if (digest !== undefined) {
    const problem = Digest.problemWith(digest);
    if (problem) return problem.code;
  }
  return { domain, path, tag, digest };
}

/** The same with what Docker implies filled in (`ParseNormalizedNamed`). */
export function readNormalisedReference(text: string): ReferenceParts | ImageReferenceErrorCode {
  if (referenceGrammar.identifier.test(text)) return "HEX64_IDENTIFIER";

  const { domain, remainder } = splitDomain(text);
  const colon = remainder.indexOf(":");
  if (hasUpperCase(colon < 0 ? remainder : remainder.slice(0, colon))) return "NAME_UPPERCASE";
  return readReference(`${domain}/${remainder}`);
}
