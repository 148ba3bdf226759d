import { createHash } from "node:crypto";
import { refusalOf } from "../values/invalid-value-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import type { KeptSecret, SecretSource } from "../values/secret-source.ts";
import { inFileName } from "../values/server-name.ts";
import { sortedMap } from "../values/sorted-map.ts";

/** Who is let in to a site, by name and password. */
export interface BasicAuthOptions {
  /** What browsers say when they ask for the password. @default - the site's name */
  readonly realm?: string;
  /** The password of each user, one line, where the host finds it. */
  readonly users: Readonly<Record<string, KeptSecret>>;
}

/** {@link BasicAuthOptions} as a release has them. */
export interface BasicAuth {
  readonly realm?: string;
  /** Sorted by name. */
  readonly users: Readonly<Record<string, SecretSource>>;
}

const REALM = /^[A-Za-z0-9](?:[A-Za-z0-9 .,:'()_-]{0,62}[A-Za-z0-9.)])?$/;
// what stands in a line of its own before a colon
const USER = /^[A-Za-z0-9._@+-]{1,64}$/;
const MOST_USERS = 50;

/** @throws InvalidValueError for what nobody can log in by; no message has what a secret was given as */
export function checkBasicAuth(options: BasicAuthOptions): void {
  const remedy = "write { users: { alice: Secret.from… } }";
  if (typeof options !== "object" || options === null) refusalOf("basicAuth", typeof options)("must be users", remedy);
  refuseUnknownOptions("basicAuth", options, { realm: true, users: true });
  const { realm, users } = options;
  if (realm !== undefined && !(typeof realm === "string" && REALM.test(realm)))
    refusalOf("realm of basicAuth", realm)(
      "must be at most 64 letters, digits, spaces and .,:'()_-",
      'write e.g. "Shop"',
    );
  if (typeof users !== "object" || users === null || Array.isArray(users))
    refusalOf("users of basicAuth", typeof users)("must be secrets by name", remedy);
  const names = Object.keys(users);
  if (names.length === 0 || names.length > MOST_USERS)
    refusalOf("users of basicAuth", names.length)(`must be 1 to ${MOST_USERS}`, remedy);
  const stranger = names.find((name) => !USER.test(name));
  if (stranger !== undefined)
    refusalOf("user of basicAuth", stranger)("must be at most 64 letters, digits and ._@+-", 'write it like "alice"');
}

/** What a release has of options that break no rule. */
export function basicAuthOf({ realm, users }: BasicAuthOptions): BasicAuth {
  const sources = Object.entries(users).map(([name, { source }]) => [name, source] as const);
  return { ...(realm === undefined ? {} : { realm }), users: sortedMap(Object.fromEntries(sources)) };
}

/**
 * The name of the file with the users of `site` and the hashes of their passwords. Why its declaration is part of it: a
 * release that fails leaves what served with the passwords that it had, and another `version` of a secret is another file.
 */
export function passwordFile(site: string, { users }: BasicAuth): string {
  const declared = Object.entries(users).map(([name, { kind, id, key, version }]) => [
    name,
    kind,
    // a reference is another one in every synth
    id.includes("${") ? "" : id,
    key ?? "",
    version ?? "",
  ]);
  const digest = createHash("sha256").update(JSON.stringify(declared)).digest("hex").slice(0, 8);
  return `${inFileName(site)}-${digest}`;
}
