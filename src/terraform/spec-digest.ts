import { Lazy } from "cdktf";

/** Digits of a spec: the whole of a digest, or of a container's id, is no use in a line that people read. */
export const SPEC_DIGITS = 16;

/** The first digits of the digest of a local value's JSON; a reference. @param local its name, `local.…` */
export function specDigest(local: string): string {
  return Lazy.stringValue({ produce: () => `\${substr(sha256(jsonencode(${local})), 0, ${SPEC_DIGITS})}` });
}
