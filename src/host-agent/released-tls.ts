import { readFileSync } from "node:fs";
import type { TlsTexts } from "../nginx/sites.ts";
import type { Site } from "../release/site.ts";
import { namesOf } from "../release/site-names.ts";
import type { TlsSource } from "../release/tls.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { inFileName } from "../values/server-name.ts";
import { type ReleasedSecret, releasedSecret } from "./released-secret.ts";

/** Whom a host asks for certificates. */
export interface ReleasedAcme {
  readonly email: string;
  readonly directory: string;
  /** The authority of the directory's own certificate, in PEM. @default - the host's authorities */
  readonly ca?: string;
  readonly account?: { readonly keyId: string; readonly hmacKey: ReleasedSecret };
  /** The hosted zone by whose records a name is shown to be the host's. @default - by HTTP */
  readonly zone?: string;
}

/** A name that is served by TLS, as the manifest has it: Nginx's texts, and where its certificate comes from. */
export interface ReleasedTls extends TlsTexts {
  readonly name: string;
  /** What its files are called: the name, a wildcard's star written `_`. */
  readonly file: string;
  readonly acme?: ReleasedAcme;
  readonly certificate?: ReleasedSecret;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * The entries of the manifest for `sites`, by the texts of each name.
 *
 * @param zone The hosted zone by whose records names are shown to be the host's; where there is none, that is done by HTTP
 * @throws InvalidValueError for a file that holds no certificate
 */
export function releasedTls(
  sites: readonly Site[],
  texts: Readonly<Record<string, TlsTexts>>,
  zone?: string,
): ReleasedTls[] {
  return sites.flatMap((site) => {
    const { tls } = site;
    if (tls === undefined) return [];
    const source = sourceOf(tls, zone);
    return namesOf(site).map((name) => ({
      name,
      file: inFileName(name),
      ...source,
      ...(texts[name] as TlsTexts),
    }));
  });
}

function sourceOf(tls: TlsSource, zone?: string): Pick<ReleasedTls, "acme" | "certificate"> {
  if (tls.kind === "certificate") return { certificate: releasedSecret(tls.secret) };
  if (tls.kind === "local")
    throw new InvalidValueError({ subject: "tls", rule: "must not be Tls.local()", got: tls.kind });
  const { email, directory, caFile, externalAccount } = tls;
  return {
    acme: {
      email,
      directory,
      ...(caFile === undefined ? {} : { ca: authority(caFile) }),
      ...(externalAccount && {
        account: { keyId: externalAccount.keyId, hmacKey: releasedSecret(externalAccount.hmacKey) },
      }),
      ...(zone === undefined ? {} : { zone }),
    },
  };
}

/** The certificates in the file at `path` and nothing beside them, for the manifest can be read by everybody. */
function authority(path: string): string {
  let text = "";
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new InvalidValueError({ subject: "caFile", rule: "must be a file that can be read", got: path });
  }
  const certificates = text.match(CERTIFICATES);
  if (certificates) return `${certificates.join("\n")}\n`;
  throw new InvalidValueError({ subject: "caFile", rule: "must hold a certificate in PEM", got: path });
}
