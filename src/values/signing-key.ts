import { createPublicKey, type KeyObject } from "node:crypto";
import { InvalidValueError } from "./invalid-value-error.ts";

const CURVE = "prime256v1";
const MAKE = "make one by openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out signing.key";

/** What images are signed by, in people's words. */
export const SIGNING_KEY = "a key of the curve P-256";

/** Whether an image can be signed by it as cosign does: by ECDSA over P-256. */
export function isSigningKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === CURVE;
}

/**
 * The text of a public key, in one form however it was written.
 *
 * @param got where the text is from, for messages: never the text, which may be a private key
 * @throws InvalidValueError for what is no public key of the curve P-256
 */
export function publicKeyText(text: string, got: string): string {
  const refuse = (rule: string, remedy: string): never => {
    throw new InvalidValueError({ subject: "public key", rule, got, remedy });
  };
  const export_ = "write the public half by openssl pkey -in signing.key -pubout -out signing.pub";
  // from a private key Node would make its public one without a word
  if (/PRIVATE KEY/.test(text)) refuse("must not be a private key, which whoever verifies need not have", export_);
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    return refuse("must be one in PEM form", `${export_}, and name that file or give its text`);
  }
  if (!isSigningKey(key)) refuse(`must be ${SIGNING_KEY}`, MAKE);
  return key.export({ type: "spki", format: "pem" }) as string;
}

/** @throws InvalidValueError for the private key of the file `got`, where it is of another kind */
export function refuseOtherKey(key: KeyObject, got: string): void {
  if (isSigningKey(key)) return;
  throw new InvalidValueError({ subject: "private key", rule: `must be ${SIGNING_KEY}`, got, remedy: MAKE });
}
