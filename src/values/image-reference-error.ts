import { type InvalidValue, InvalidValueError } from "./invalid-value-error.ts";

/** What distribution/reference answers to a text that is no reference. */
export type ImageReferenceErrorCode =
  | "NAME_EMPTY"
  | "INVALID_FORMAT"
  | "NAME_UPPERCASE"
  | "NAME_TOO_LONG"
  | "DIGEST_LENGTH"
  | "DIGEST_FORMAT"
  | "DIGEST_UNSUPPORTED"
  | "HEX64_IDENTIFIER";

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
