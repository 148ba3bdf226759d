import { passwordFile } from "../release/basic-auth.ts";
import { hstsHeader } from "../release/hsts.ts";
import type { Site } from "../release/site.ts";
import { CHALLENGE_PATH } from "../release/site-tls.ts";
import { inFileName } from "../values/server-name.ts";
import { Answer } from "./answer.ts";
import { ACME_FOLDER } from "./argument.ts";
import { Directive } from "./directive.ts";
import { HTTP_PORT, TLS_PORT } from "./forwarded-header.ts";
import { originOf, redirectToName } from "./redirect.ts";
import { type EdgeOptions, listenOn, type NginxSite, nginxSites, publicPort, siteServers } from "./server.ts";
import type { Upstreams } from "./upstream.ts";

/** How a site is served by TLS. */
export interface NginxTls {
  /** Path of one file with the private key, the site's certificate and those that signed it. */
  readonly certificate: string;
  /** Whether an ACME server asks for the site at its challenges. @default false */
  readonly challenged?: boolean;
  /** What browsers are told, as {@link hstsHeader} says it. @default - nothing */
  readonly hsts?: string;
  /** What browsers say when they ask for a password, and the file with who is let in. @default - everybody is */
  readonly auth?: { readonly realm: string; readonly file: string };
  /** The name that its visitors are sent to. @default - none, they are served */
  readonly redirectTo?: string;
}

/** A site as a text has it, or one name of a site with TLS. */
export interface NginxTlsSite extends NginxSite {
  /** @default - it is served by HTTP */
  readonly tls?: NginxTls;
}

/** Where a host keeps what its sites with TLS need. */
export interface TlsFolders {
  readonly certificates: string;
  /** Files with users and the hashes of their passwords. */
  readonly passwords: string;
}

/**
 * The sites of a release as a text has them. Why each name of a site with TLS stands alone: it has a certificate of its
 * own, so that one whose address in DNS is wrong keeps no other from having one.
 */
export function nginxTlsSites(sites: readonly Site[], folders: TlsFolders): NginxTlsSite[] {
  const plain = nginxSites(sites);
  return sites.flatMap((site, at): NginxTlsSite[] => {
    const { aliases = [], redirectFrom = [], ...common } = plain[at] as NginxSite;
    const { tls, hsts, basicAuth } = site;
    if (tls === undefined) return [plain[at] as NginxSite];
    const securedAs = (name: string, redirectTo?: string) => ({
      ...common,
      name,
      tls: {
        certificate: `${folders.certificates}/${certificateFile(name)}`,
        ...(tls.kind === "acme" ? { challenged: true } : {}),
        ...(hsts === undefined ? {} : { hsts: hstsHeader(hsts) }),
        ...(basicAuth && {
          auth: {
            realm: basicAuth.realm ?? site.name,
            file: `${folders.passwords}/${passwordFile(site.name, basicAuth)}`,
          },
        }),
        ...(redirectTo === undefined ? {} : { redirectTo }),
      },
    });
    return [
      securedAs(site.name),
      ...aliases.map((name) => ({ ...securedAs(name), aliasOf: site.name })),
      ...redirectFrom.map((name) => securedAs(name, site.name)),
    ];
  });
}

/** The name of the file with the certificate of `site`; a wildcard's star is no character of a file's name. */
export function certificateFile(site: string): string {
  return `${inFileName(site)}.pem`;
}

/** A name that is served by TLS. */
export type TlsSite = NginxTlsSite & { readonly tls: NginxTls };

export function isTlsSite(site: NginxTlsSite): site is TlsSite {
  return site.tls !== undefined;
}

/**
 * Mozilla's "intermediate" of its guideline 5.7, for every server. Why without the Diffie-Hellman suites' parameters:
 * then Nginx offers none of them, and whoever knows TLS 1.2 knows the others.
 *
 * @see https://ssl-config.mozilla.org/
 */
export function tlsSettings(): Directive[] {
  return [
    Directive.of("ssl_protocols", "TLSv1.2", "TLSv1.3"),
    Directive.of("ssl_ciphers", CIPHERS),
    Directive.of("ssl_prefer_server_ciphers", "off"),
    Directive.of("ssl_session_cache", "shared:tls:2m"),
    Directive.of("ssl_session_timeout", "1d"),
    Directive.of("ssl_session_tickets", "off"),
  ];
}

const CIPHERS =
  "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-CHACHA20-POLY1305";

/**
 * The server for names that have no certificate here: it ends the handshake, so that no visitor is shown another name's.
 * A visitor who came in by a name's certificate and asks for none of ours gets no answer.
 */
export function defaultTlsServer(edge: EdgeOptions): Directive {
  return Directive.server([
    Directive.of("listen", listenOn(tlsEdge(edge)), "ssl http2 default_server"),
    Directive.of("server_name", "_"),
    Directive.of("ssl_reject_handshake", "on"),
    Directive.of("return", "444"),
  ]);
}

/** The name by TLS, and whoever asks by HTTP sent there. The status keeps the request's method and body. */
export function securedServers(site: TlsSite, upstreams: Upstreams, edge: EdgeOptions): Directive[] {
  const { certificate, hsts, auth } = site.tls;
  const headers = hsts === undefined ? site.headers : { ...site.headers, "Strict-Transport-Security": hsts };
  return [
    plainServer(site, edge, Directive.redirectToTls(publicTlsPort(edge))),
    ...answering({ ...site, headers }, upstreams, edge, [
      Directive.of("listen", listenOn(tlsEdge(edge)), "ssl http2"),
      Directive.of("ssl_certificate", certificate),
      Directive.of("ssl_certificate_key", certificate),
      ...(auth === undefined
        ? []
        : [Directive.of("auth_basic", auth.realm), Directive.of("auth_basic_user_file", auth.file)]),
    ]),
  ];
}

/**
 * The name before its first certificate, by HTTP: an ACME server must find it, and it has promised nobody more. One with
 * HSTS has, one with passwords would be sent them in the clear, and one whose certificate is a secret has it from the
 * start: they are not served.
 */
export function serversBefore(site: TlsSite, upstreams: Upstreams, edge: EdgeOptions): Directive[] {
  const { challenged, hsts, auth, redirectTo } = site.tls;
  if (!challenged || hsts !== undefined || auth !== undefined) return [lostServer(site, edge)];
  if (redirectTo !== undefined) {
    return [plainServer(site, edge, redirectToName(redirectTo, originOf(publicPort(edge), HTTP_PORT)))];
  }
  // Nginx has no word that takes a limit of the server off one of its locations
  return answering({ ...site, limitsRoutesAlone: true }, upstreams, edge, [
    Directive.of("listen", listenOn(edge)),
    ...challenges(site),
  ]);
}

function answering(site: TlsSite, upstreams: Upstreams, edge: EdgeOptions, front: readonly Directive[]): Directive[] {
  const { redirectTo, hsts } = site.tls;
  if (redirectTo === undefined) return siteServers(site, upstreams, edge, front);
  return [
    Directive.server([
      ...front,
      Directive.of("server_name", site.name),
      ...(hsts === undefined ? [] : [Directive.of("add_header", "Strict-Transport-Security", hsts, "always")]),
      redirectToName(redirectTo, originOf(publicTlsPort(edge), TLS_PORT)),
    ]),
  ];
}

/** The name when its certificate is lost: whoever came by TLS before must not be served without. */
export function lostServer(site: TlsSite, edge: EdgeOptions): Directive {
  return plainServer(site, edge, Directive.of("return", "503"));
}

function plainServer(site: TlsSite, edge: EdgeOptions, answer: Directive): Directive {
  return Directive.server([
    Directive.of("listen", listenOn(edge)),
    Directive.of("server_name", site.name),
    ...challenges(site),
    Directive.location("/", [answer]),
  ]);
}

/** What shows an ACME server that the name is the host's. Its path is longer than any of the site's that it lies below. */
function challenges({ tls, allow }: TlsSite): Directive[] {
  if (!tls.challenged) return [];
  return [
    Directive.location(CHALLENGE_PATH, [
      ...(allow === undefined ? [] : [Answer.fromAnybody()]),
      Directive.of("root", ACME_FOLDER),
      Directive.of("default_type", "text/plain"),
    ]),
  ];
}

/** The port that visitors type for TLS. */
export function publicTlsPort({ tlsPort = TLS_PORT, publicTlsPort = tlsPort }: EdgeOptions): number {
  return publicTlsPort;
}

function tlsEdge({ address, tlsPort = TLS_PORT }: EdgeOptions): EdgeOptions {
  return { address, port: tlsPort };
}
