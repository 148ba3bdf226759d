const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** The end of a line, as it is or as a string of JSON or of Terraform has it. */
const LINE_END = "((?:\\\\+r)?\\\\+n|\\r?\\n)";

/**
 * What synth wrote, with another authority in place of each that `declared` holds: an ACME server's own certificate is the
 * rehearsal's there, which whoever declared an authority for it would not trust.
 *
 * @param declared texts in PEM
 * @param authority a certificate in PEM
 */
export function withAuthority(text: string, declared: readonly string[], authority: string): string {
  const certificates = declared.flatMap((pem) => pem.match(CERTIFICATE) ?? []);
  return [...new Set(certificates)].reduce((all, certificate) => {
    const pattern = linesOf(certificate).map((line) => line.replaceAll("+", "\\+"));
    return all.replaceAll(new RegExp(pattern.join(LINE_END), "g"), (_, end: string) => linesOf(authority).join(end));
  }, text);
}

function linesOf(pem: string): string[] {
  return pem.trim().split(/\s*\n\s*/);
}
