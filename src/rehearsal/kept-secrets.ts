import type { SecretSource } from "../values/secret-source.ts";
import type { MotoClient } from "./doubles/moto-client.ts";

/** What every secret of a rehearsal holds: one that somebody made on AWS never comes here. */
export const REHEARSED_SECRET = "rehearsal";

/** Puts a secret of no value into the account for each that hosts will read there, with the keys that they ask for. */
export async function keepSecrets(moto: MotoClient, secrets: readonly SecretSource[]): Promise<void> {
  const keys = new Map<string, SecretSource[]>();
  for (const secret of secrets) {
    const place = `${secret.kind} ${secret.id}`;
    keys.set(place, [...(keys.get(place) ?? []), secret]);
  }
  for (const sources of keys.values()) {
    const [{ kind, id }] = sources as [SecretSource];
    const asked = sources.flatMap(({ key }) => (key === undefined ? [] : [[key, REHEARSED_SECRET]]));
    const value = asked.length > 0 ? JSON.stringify(Object.fromEntries(asked)) : REHEARSED_SECRET;
    if (kind === "secrets-manager") {
      await moto.json("secretsmanager", "CreateSecret", { Name: id, SecretString: value });
    } else {
      const name = /:parameter\/(.*)$/.exec(id)?.[1];
      const Name = name === undefined ? id : name.includes("/") ? `/${name}` : name;
      await moto.json("ssm", "PutParameter", { Name, Value: value, Type: "SecureString" });
    }
  }
}
