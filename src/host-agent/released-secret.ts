import type { SecretSource } from "../values/secret-source.ts";

/** A secret as the manifest has it. */
export interface ReleasedSecret extends Omit<SecretSource, "kind"> {
  readonly from: string;
}

/** A secret that no container gets. */
export function releasedSecret({ kind, id, key, version }: SecretSource): ReleasedSecret {
  return { from: kind, id, ...(key === undefined ? {} : { key }), ...(version === undefined ? {} : { version }) };
}

/** Secrets by the name under which a container gets them. */
export function releasedSecrets(
  secrets: Readonly<Record<string, SecretSource>>,
): Readonly<Record<string, ReleasedSecret>> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, { kind, ...rest }]) => [name, { from: kind, ...rest }]),
  );
}
