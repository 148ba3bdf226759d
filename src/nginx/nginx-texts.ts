import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { TlsTexts } from "./sites.ts";

/** What a host's Nginx is told, for whoever reads a declaration: a test, a review. */
export interface NginxTexts {
  /** The texts by file name; a name with TLS has one for each of {@link TlsTexts}, of which the host takes the true one. */
  readonly files: Readonly<Record<string, string>>;
  /** The port that visitors type for HTTP. */
  readonly publicPort: number;
  /** The port that they type for TLS. @default - the host has none */
  readonly publicTlsPort?: number;
  /** The name by which the texts of hosts in front know this one. */
  readonly reachedAs: string;
}

/** The files of a text and of its names with TLS, which stand in files of their own. */
export function textFiles(
  sites: string,
  tls: readonly (TlsTexts & { readonly file: string })[] = [],
): NginxTexts["files"] {
  const secured = tls.flatMap(({ file, ...texts }) =>
    CERTIFICATE_STATES.map((state) => [`${file}.${state}.conf`, texts[state]] as const),
  );
  return Object.fromEntries([["sites.conf", sites], ...secured]);
}

/** Whether a name has its certificate: not yet, by now, or no more. */
export type CertificateState = keyof TlsTexts;

const CERTIFICATE_STATES: readonly CertificateState[] = ["before", "secured", "lost"];

/** The texts that Nginx reads where every name's certificate is in `state`. @throws InvalidValueError for a state that is none */
export function textsIn(state: CertificateState, files: NginxTexts["files"]): string[] {
  if (!CERTIFICATE_STATES.includes(state)) {
    const rule = `must be ${CERTIFICATE_STATES.join(", ")}`;
    throw new InvalidValueError({ subject: "certificate", rule, got: state });
  }
  const others = CERTIFICATE_STATES.filter((other) => other !== state);
  return Object.entries(files).flatMap(([file, text]) =>
    others.some((other) => file.endsWith(`.${other}.conf`)) ? [] : [text],
  );
}
