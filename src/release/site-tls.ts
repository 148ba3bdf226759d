import { isIPv4 } from "node:net";
import { refusalOf } from "../values/invalid-value-error.ts";
import { publicName } from "../values/public-name.ts";
import { hstsHeader } from "./hsts.ts";
import type { Site } from "./site.ts";
import { namesOf } from "./site-names.ts";
import type { AcmeSource } from "./tls.ts";

/** Where an ACME server looks for what shows that a name is the host's (RFC 8555, 8.3). */
export const CHALLENGE_PATH = "/.well-known/acme-challenge/";

/** @throws InvalidValueError for a site that cannot have the certificate that is declared for it, or needs one and has none */
export function checkSiteTls(site: Site): void {
  const { name, routes, proxy, tls, hsts, basicAuth } = site;
  const declared = Object.keys(proxy.headers ?? {}).find(
    (header) => header.toLowerCase() === "strict-transport-security",
  );
  if (declared !== undefined && tls !== undefined) {
    refusalOf("header", declared)("must not be among the headers", "write hsts: { maxAge: 300 }");
  }
  if (hsts !== undefined) {
    hstsHeader(hsts);
    if (tls === undefined)
      refusalOf("hsts", name)("must come with tls", "nobody could open the site: declare tls for it or for its host");
  }
  if (basicAuth !== undefined && tls === undefined) {
    const remedy = "passwords would be sent in the clear: declare tls for it or for its host";
    refusalOf("basicAuth", name)("must come with tls", remedy);
  }
  if (proxy.defaultSite && tls !== undefined) {
    refusalOf("defaultSite", name)(
      "must not have tls, since no certificate is for names that nobody knows",
      "give the names' tls to a site of their own",
    );
  }
  const address = tls && namesOf(site).find((each) => isIPv4(each));
  if (address !== undefined) {
    const rule = "must be a name where there is TLS: who visits an address does not say it in the handshake";
    refusalOf("server name", address)(rule, "give the site a name");
  }
  if (tls?.kind !== "acme") return;
  for (const each of namesOf(site)) checkAcmeName(each, tls);
  const taken = routes.find(({ path }) => `${path}/`.replace("//", "/").startsWith(CHALLENGE_PATH));
  if (taken)
    refusalOf("route path", taken.path)(
      "must leave the ACME server's path free",
      "take another path, or Tls.certificate",
    );
}

function checkAcmeName(name: string, { caFile }: AcmeSource): void {
  const refuse = refusalOf("server name", name);
  if (name.startsWith("*.")) {
    refuse(
      "must not be a wildcard, which no ACME server signs by HTTP-01",
      "declare each name as a site, or Tls.certificate for this one",
    );
  }
  if (caFile !== undefined) return;
  const { domain, isSuffix } = publicName(name);
  if (domain !== undefined) return;
  refuse(
    isSuffix
      ? "must be a name below a public suffix and not one itself, since a public ACME server signs it"
      : "must have a public suffix, since a public ACME server signs it",
    "use a name of a domain that you own, or directory and caFile of a server of your own",
  );
}
