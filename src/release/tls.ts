import { InvalidValueError, refusalOf } from "../values/invalid-value-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import type { KeptSecret, SecretSource } from "../values/secret-source.ts";
import { LETS_ENCRYPT, LETS_ENCRYPT_STAGING } from "./lets-encrypt.ts";

/** An account that an ACME server knows already, for a server that gives certificates to nobody else. */
export interface ExternalAccount {
  /** The key's id, as the server's operator gave it out. */
  readonly keyId: string;
  /** The key itself, base64url, where the host finds it. */
  readonly hmacKey: KeptSecret;
}

/** What {@link Tls.acme} takes. */
export interface AcmeOptions {
  /** Whom the server may write to about the certificates. */
  readonly email: string;
  /** That the terms of service of the server were read and are agreed to. */
  readonly agreeToTerms: true;
  /** Let's Encrypt's staging server: certificates that no browser trusts, and limits that tests do not reach. @default false */
  readonly staging?: boolean;
  /** The URL of another server's directory. @default - Let's Encrypt's */
  readonly directory?: string;
  /** A file with the authority, in PEM, that signed the directory's own certificate. @default - the host's authorities */
  readonly caFile?: string;
  /** @default - none: the server opens an account for whoever asks */
  readonly externalAccount?: ExternalAccount;
}

/** Certificates that the host gets by itself, and renews. */
export interface AcmeSource {
  readonly kind: "acme";
  readonly email: string;
  readonly directory: string;
  /** Path of a file in PEM. */
  readonly caFile?: string;
  readonly externalAccount?: { readonly keyId: string; readonly hmacKey: SecretSource };
}

/** Where a site's certificate comes from, as a release has it. */
export type TlsSource =
  | AcmeSource
  | { readonly kind: "certificate"; readonly secret: SecretSource }
  | { readonly kind: "local" };

export type TlsKind = TlsSource["kind"];

/** How each kind is declared. */
export const TLS_KINDS: Readonly<Record<TlsKind, string>> = {
  acme: "Tls.acme({ email, agreeToTerms: true })",
  certificate: "Tls.certificate(secret)",
  local: "Tls.local()",
};

/** Where a site's certificate comes from. */
export class Tls {
  /** A certificate of an ACME server, Let's Encrypt's where none is named: the host asks for it and renews it. @throws InvalidValueError */
  static acme(options: AcmeOptions): Tls {
    refuseUnknownOptions("Tls.acme", options, ACME_OPTIONS);
    const { email, agreeToTerms, staging = false, directory, caFile, externalAccount } = options ?? {};
    refusalIf(!EMAIL.test(email), "email", "must be an address", email, 'write it like "ops@example.com"');
    if (agreeToTerms !== true) {
      const remedy = "read the terms of service of the ACME server and write agreeToTerms: true";
      refusalOf("agreeToTerms", agreeToTerms)("must be true", remedy);
    }
    if (staging && directory !== undefined) {
      refusalOf("directory", directory)(
        "must not be given with staging: true",
        "staging is Let's Encrypt's: leave one out",
      );
    }
    const isUrl = directory === undefined || DIRECTORY.test(directory);
    refusalIf(!isUrl, "directory", "must be a URL", directory, 'write it like "https://ca.example.com/acme/directory"');
    const isFile = caFile === undefined || (typeof caFile === "string" && caFile !== "");
    refusalIf(!isFile, "caFile", "must be the path of a file", caFile);
    const account = externalAccount && checkedAccount(externalAccount);
    const source: AcmeSource = {
      kind: "acme",
      email,
      directory: directory ?? (staging ? LETS_ENCRYPT_STAGING : LETS_ENCRYPT),
      ...(caFile === undefined ? {} : { caFile }),
      ...(account && { externalAccount: { keyId: account.keyId, hmacKey: account.hmacKey.source } }),
    };
    return new Tls(source, account ? [account.hmacKey] : []);
  }

  /**
   * A certificate of one's own: a secret whose text is the private key and the certificates, in PEM, the site's own
   * certificate before those that signed it. @throws InvalidValueError
   */
  static certificate(secret: KeptSecret): Tls {
    if (!isSecret(secret)) {
      const remedy = "write Tls.certificate(Secret.fromSecretsManager(…))";
      throw new InvalidValueError({ subject: "certificate", rule: "must be a Secret", got: typeof secret, remedy });
    }
    return new Tls({ kind: "certificate", secret: secret.source }, [secret]);
  }

  /** A certificate by an authority of the developer's own, which is made when it is needed and which nobody trusts unless asked. */
  static local(): Tls {
    return new Tls({ kind: "local" }, []);
  }

  private constructor(
    readonly source: TlsSource,
    /** What the host must be allowed to read, as it was given. */
    readonly secrets: readonly KeptSecret[],
  ) {}
}

const ACME_OPTIONS = {
  email: true,
  agreeToTerms: true,
  staging: true,
  directory: true,
  caFile: true,
  externalAccount: true,
} as const;
// stands in a shell file of the host
const EMAIL = /^[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/;
const DIRECTORY = /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[A-Za-z0-9._~/-]*)?$/;
const KEY_ID = /^[A-Za-z0-9._~+/=:-]+$/;

function checkedAccount(account: ExternalAccount): ExternalAccount {
  refuseUnknownOptions("externalAccount", account, { keyId: true, hmacKey: true });
  const { keyId, hmacKey } = account;
  refusalIf(
    !KEY_ID.test(keyId),
    "keyId of externalAccount",
    "must be the id that the server's operator gave out",
    keyId,
  );
  // what was given may be the key itself, which no message may hold
  refusalIf(!isSecret(hmacKey), "hmacKey of externalAccount", "must be a Secret", typeof hmacKey);
  return account;
}

function isSecret(value: unknown): value is KeptSecret {
  return typeof (value as Partial<KeptSecret> | null | undefined)?.source?.kind === "string";
}

function refusalIf(bad: boolean, subject: string, rule: string, got: unknown, remedy?: string): void {
  if (bad) throw new InvalidValueError({ subject, rule, got, remedy });
}
