import { createHash } from "node:crypto";
import type { SecretSource } from "../values/secret-source.ts";
import type { MotoClient } from "./doubles/moto-client.ts";

/** What every secret of a rehearsal holds: one that somebody made on AWS never comes here. */
export const REHEARSED_SECRET = "rehearsal";

/** What the key of an account at an ACME server is: base64url, of 48 bytes, since dehydrated 0.7 reads no odd length. */
export const REHEARSED_ACCOUNT_KEY = createHash("sha384").update(REHEARSED_SECRET).digest("base64url");

/** A secret that hosts read, with what it holds. */
export interface KeptSource extends SecretSource {
  /** @default REHEARSED_SECRET */
  readonly value?: string;
}

/** Puts a secret of no value into the account for each that hosts will read there, with the keys that they ask for. */
export async function keepSecrets(moto: MotoClient, secrets: readonly KeptSource[]): Promise<void> {
  const keys = new Map<string, KeptSource[]>();
  for (const secret of secrets) {
    const place = `${secret.kind} ${secret.id}`;
    keys.set(place, [...(keys.get(place) ?? []), secret]);
  }
  for (const sources of keys.values()) {
    const [{ kind, id, value: whole = REHEARSED_SECRET }] = sources as [KeptSource];
    const asked = sources.flatMap(({ key, value = REHEARSED_SECRET }) => (key === undefined ? [] : [[key, value]]));
    const value = asked.length > 0 ? JSON.stringify(Object.fromEntries(asked)) : whole;
    if (kind === "secrets-manager") {
      await moto.json("secretsmanager", "CreateSecret", { Name: id, SecretString: value });
    } else {
      const name = /:parameter\/(.*)$/.exec(id)?.[1];
      const Name = name === undefined ? id : name.includes("/") ? `/${name}` : name;
      await moto.json("ssm", "PutParameter", { Name, Value: value, Type: "SecureString" });
    }
  }
}
