import type { ReleaseManifest } from "../../host-agent/release-manifest.ts";
import type { ReleasedSecret } from "../../host-agent/released-secret.ts";

/**
 * `manifest` with the name under which the server has each of the deployer's secrets. Its agent asks for all of them in
 * one place, and does not know where the deployer has them.
 */
export function withServerSecretNames(manifest: ReleaseManifest): ReleaseManifest {
  const { services, tasks, schedules, tls, basicAuth, logins } = manifest;
  return {
    ...manifest,
    services: services.map(contained),
    ...(tasks && { tasks: tasks.map(contained) }),
    ...(schedules && { schedules: schedules.map(contained) }),
    ...(tls && {
      tls: tls.map(({ certificate, acme, ...rest }) => ({
        ...rest,
        ...(acme && { acme: { ...acme, ...(acme.account && { account: account(acme.account) }) } }),
        ...(certificate && { certificate: told(certificate) }),
      })),
    }),
    ...(basicAuth && { basicAuth: basicAuth.map((each) => ({ ...each, users: allTold(each.users) })) }),
    ...(logins && { logins: logins.map((each) => ({ ...each, password: told(each.password) })) }),
  };
}

/** What the server calls a secret. Why with its version: what serves may need the old one once more. */
export function serverSecretName({ from, id, version }: ReleasedSecret): string {
  return `/deployer/${from}/${id}${version === undefined ? "" : `@${version}`}`;
}

function told(secret: ReleasedSecret): ReleasedSecret {
  return { ...secret, from: "parameter", id: serverSecretName(secret) };
}

function allTold(secrets: Readonly<Record<string, ReleasedSecret>>): Record<string, ReleasedSecret> {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, told(secret)]));
}

function account<T extends { readonly hmacKey: ReleasedSecret }>(of: T): T {
  return { ...of, hmacKey: told(of.hmacKey) };
}

function contained<T extends { readonly secrets: Readonly<Record<string, ReleasedSecret>> }>(entry: T): T {
  return { ...entry, secrets: allTold(entry.secrets) };
}

/** A secret of the deployer's that the server needs, and whether it keeps it. */
export interface NeededSecret {
  readonly secret: ReleasedSecret;
  /** A login is needed while images are pulled, and nothing keeps it. */
  readonly isKept: boolean;
}

/** The secrets that a server needs for `manifest`, as it is declared, each once. */
export function neededSecrets({
  services,
  tasks = [],
  schedules = [],
  tls = [],
  basicAuth = [],
  logins = [],
}: ReleaseManifest): NeededSecret[] {
  const kept = [
    ...[...services, ...tasks, ...schedules].flatMap(({ secrets }) => Object.values(secrets)),
    ...tls.flatMap(({ certificate, acme }) =>
      [certificate, acme?.account?.hmacKey].filter((each) => each !== undefined),
    ),
    ...basicAuth.flatMap(({ users }) => Object.values(users)),
  ];
  return [
    ...once(kept, true),
    ...once(
      logins.map(({ password }) => password),
      false,
    ),
  ];
}

function once(secrets: readonly ReleasedSecret[], isKept: boolean): NeededSecret[] {
  const byName = new Map(secrets.map((secret) => [serverSecretName(secret), secret]));
  return [...byName.keys()].sort().map((name) => ({ secret: byName.get(name) as ReleasedSecret, isKept }));
}
