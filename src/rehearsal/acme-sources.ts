import { isIP } from "node:net";
import type { ModelSite } from "../review/model.ts";
import type { SecretSource } from "../values/secret-source.ts";

/** The ACME servers that a stack asks for certificates, as far as a rehearsal plays them. */
export interface EmulatedAcme {
  /** URLs of their directories, each once. */
  readonly directories: readonly string[];
  /** Files with the authorities of the directories' own certificates, as they were declared. */
  readonly caFiles: readonly string[];
  /** The accounts that their operators gave out. */
  readonly accounts: readonly { readonly keyId: string; readonly hmacKey: SecretSource }[];
  /** Whether none of them opens an account for everybody. */
  readonly isClosed: boolean;
}

/** A name that is served by TLS, with what visitors of it are promised. */
export interface SecuredName {
  readonly name: string;
  /** A page of it. */
  readonly path: string;
  readonly hsts: boolean;
  /** Somebody who is let in. @default - everybody is */
  readonly user?: string;
}

type AcmeSource = Extract<NonNullable<ModelSite["tls"]>, { readonly kind: "acme" }>;

/** Who is asked for the certificates of `sites`; nobody where none has one of an ACME server. */
export function emulatedAcme(sites: readonly ModelSite[]): EmulatedAcme | undefined {
  const sources = sites.flatMap(({ tls }) => (tls?.kind === "acme" ? [tls] : []));
  if (sources.length === 0) return undefined;
  const accounts = new Map(sources.flatMap(accountOf));
  return {
    directories: unique(sources.map(({ directory }) => directory)),
    caFiles: unique(sources.flatMap(({ caFile }) => caFile ?? [])),
    accounts: [...accounts].map(([keyId, hmacKey]) => ({ keyId, hmacKey })),
    isClosed: sources.every(({ externalAccount }) => externalAccount !== undefined),
  };
}

/** Directories at an address, which no name leads elsewhere. */
export function unnamedDirectories({ directories }: EmulatedAcme): string[] {
  return directories.filter((directory) => isIP(new URL(directory).hostname) !== 0);
}

/** Where the doubles answer for them: each name, and the ports that are not HTTPS's own. */
export function directoryPlaces({ directories }: EmulatedAcme): {
  readonly names: readonly string[];
  readonly ports: readonly number[];
} {
  const urls = directories.map((directory) => new URL(directory));
  return {
    names: unique(urls.map(({ hostname }) => hostname)),
    ports: unique(urls.flatMap(({ port }) => (port === "" ? [] : [Number(port)]))),
  };
}

/** Every name with a certificate of an ACME server, that of its site first. */
export function securedNames(sites: readonly ModelSite[]): SecuredName[] {
  return sites.flatMap((site) => {
    if (site.tls?.kind !== "acme") return [];
    const { aliases = [], redirectFrom = [] } = site.proxy as { aliases?: string[]; redirectFrom?: string[] };
    const [user] = Object.keys(site.basicAuth?.users ?? {});
    const promised = { path: pageOf(site), hsts: site.hsts !== undefined };
    return [
      ...[site.name, ...aliases].map((name) => ({ name, ...promised, ...(user !== undefined && { user }) })),
      // Whoever comes by one of these is sent on before anything is asked of him.
      ...redirectFrom.map((name) => ({ name, ...promised })),
    ];
  });
}

/** The page that a site is visited at: its front page, or else its first route's. */
export function pageOf({ routes }: ModelSite): string {
  const paths = routes.map(({ path }) => path);
  return paths.includes("/") ? "/" : (paths[0] ?? "/");
}

function accountOf({ externalAccount }: AcmeSource): [string, SecretSource][] {
  return externalAccount === undefined ? [] : [[externalAccount.keyId, externalAccount.hmacKey]];
}

function unique<Each>(values: readonly Each[]): Each[] {
  return [...new Set(values)];
}
