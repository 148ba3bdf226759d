import { passwordFile } from "../release/basic-auth.ts";
import type { Site } from "../release/site.ts";
import { type ReleasedSecret, releasedSecret } from "./released-secret.ts";

/** A site that lets in those alone who know a password, as the manifest has it. */
export interface ReleasedBasicAuth {
  readonly name: string;
  /** What its file of users is called, by which Nginx's text names it. */
  readonly file: string;
  readonly users: Readonly<Record<string, ReleasedSecret>>;
}

export function releasedBasicAuth(sites: readonly Site[]): ReleasedBasicAuth[] {
  return sites.flatMap(({ name, basicAuth }) => {
    if (basicAuth === undefined) return [];
    const users = Object.entries(basicAuth.users).map(([user, source]) => [user, releasedSecret(source)] as const);
    return [{ name, file: passwordFile(name, basicAuth), users: Object.fromEntries(users) }];
  });
}
