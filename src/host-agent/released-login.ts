import type { IRepository } from "../docker/registry.ts";
import { sortedMap } from "../values/sorted-map.ts";
import { type ReleasedSecret, releasedSecret } from "./released-secret.ts";

/** How a host gets into a repository of somebody else's registry, as the manifest has it. */
export interface ReleasedLogin {
  /** As the references of its images have it. */
  readonly repository: string;
  /** As Docker's configuration file calls it. */
  readonly registry: string;
  readonly username: string;
  readonly password: ReleasedSecret;
}

/** Docker Hub's name there, which it has from its first days. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** The login of `repository`, where a secret has its password. */
export function releasedLogin({ pullAccess, registry, uri }: IRepository): ReleasedLogin | undefined {
  if (pullAccess.kind !== "secret") return undefined;
  const { username, password } = pullAccess;
  const called = registry.address === "docker.io" ? DOCKER_HUB : registry.address;
  return { repository: uri, registry: called, username, password: releasedSecret(password.source) };
}

/** Each repository once, in an order of their own. */
export function sortedLogins(logins: readonly ReleasedLogin[]): ReleasedLogin[] {
  return Object.values(sortedMap(Object.fromEntries(logins.map((login) => [login.repository, login]))));
}
