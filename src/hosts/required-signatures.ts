import { existsSync, readFileSync } from "node:fs";
import type { Construct } from "constructs";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { publicKeyText } from "../values/signing-key.ts";

const EXAMPLE = 'write e.g. ["signing.pub"]: the file of a public key, or its text';
const IS_TEXT = /-----BEGIN/;

/**
 * The public keys that a host demands its images be signed by, each in one form; nothing where it demands none.
 *
 * @param keys files relative to the working directory, or the texts of keys
 * @throws {ConstructError} for a list without a key, a file that is not there, and what is no public key of the curve P-256
 */
export function requiredSignatures(scope: Construct, keys: readonly string[] | undefined): string[] | undefined {
  if (keys === undefined) return undefined;
  const refuse = (rule: string, got: unknown): never => {
    const problem = { subject: "requireSignature", rule, got, remedy: EXAMPLE };
    throw new ConstructError(scope, "requireSignature", problem);
  };
  requireLiteral(scope, "requireSignature", keys);
  if (!Array.isArray(keys)) return refuse("must be a list of public keys", "something else");
  if (keys.length === 0) return refuse("must name a key, since an image signed by none would be refused", keys);
  const texts = keys.map((key, index) => {
    if (typeof key !== "string") return refuse("must be a list of public keys", key);
    // never the text itself: what was given may be a private key
    const got = IS_TEXT.test(key) ? `the text of key ${index + 1}` : key;
    if (!IS_TEXT.test(key) && !existsSync(key)) return refuse("must be the file of a public key, or its text", key);
    const text = IS_TEXT.test(key) ? key : readFileSync(key, "utf8");
    return atProperty(scope, "requireSignature", () => publicKeyText(text, got));
  });
  return [...new Set(texts)];
}
