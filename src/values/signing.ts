import { isDeployerFile } from "./deployer-file.ts";
import { InvalidValueError } from "./invalid-value-error.ts";
import { refuseUnknownOptions } from "./known-options.ts";
import { checkVariableName } from "./variable-name.ts";

/** What {@link Signing.key} takes. */
export interface SigningKeyOptions {
  /**
   * The private key on the machine that deploys: ECDSA over P-256, PKCS #8 in PEM form, outside of git. Absolute, below
   * `~/`, or below the project's folder.
   */
  readonly file: string;
  /** The name of the variable of the deployer's environment that has the key's password. @default - it has none */
  readonly passwordVariable?: string;
}

/** By what an image is signed; the key itself is nowhere in it. */
export type SigningSource =
  | ({ readonly kind: "key" } & SigningKeyOptions)
  | { readonly kind: "kms"; readonly keyArn: string };

const KEY_ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/;

/**
 * What an image is signed by once it is pushed, in cosign's format, so that a host can refuse whatever nobody signed.
 *
 * @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
export class Signing {
  /** A private key in a file, which the step of the apply that signs reads, and nothing else. @throws InvalidValueError */
  static key(options: SigningKeyOptions): Signing {
    refuseUnknownOptions("Signing.key", options, { file: true, passwordVariable: true });
    const { file, passwordVariable } = options;
    if (!isDeployerFile(file)) {
      const rule = "must be a path without white space";
      // what was given may be the key itself
      const problem = { subject: "file of a private key", rule, got: "something else" };
      throw new InvalidValueError({ ...problem, remedy: 'write it like "~/.config/shop/signing.key"' });
    }
    if (passwordVariable !== undefined) checkVariableName("variable of a password", passwordVariable);
    return new Signing({ kind: "key", file, ...(passwordVariable === undefined ? {} : { passwordVariable }) });
  }

  /**
   * A key of AWS KMS, `ECC_NIST_P256`, which never leaves it: the deployer may `kms:Sign` and `kms:GetPublicKey`.
   *
   * @param keyArn may be a reference @throws InvalidValueError for what is no ARN of a key
   */
  static kms(keyArn: string): Signing {
    if (typeof keyArn === "string" && (KEY_ARN.test(keyArn) || keyArn.includes("${"))) {
      return new Signing({ kind: "kms", keyArn });
    }
    const remedy = "an alias is none: write e.g. arn:aws:kms:eu-west-1:123456789012:key/1234abcd-…";
    throw new InvalidValueError({ subject: "KMS key", rule: "must be the ARN of a key", got: keyArn, remedy });
  }

  private constructor(readonly source: SigningSource) {}

  toJSON(): SigningSource {
    return this.source;
  }

  /** By what, for a person. */
  toString(): string {
    return this.source.kind === "key" ? this.source.file : this.source.keyArn;
  }
}

/** The region of a KMS key, where synth knows it. */
export function regionOfKey(keyArn: string): string | undefined {
  return KEY_ARN.exec(keyArn)?.[1];
}
