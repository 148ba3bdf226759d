import type { Draft } from "./draft.ts";
import type { SecretReference } from "./translated-service.ts";
import { plainText } from "./variable-text.ts";

/**
 * The secrets of all services under the deployer's names: what was one value in the file is one secret, and two that have
 * one name and another value get the service's in front.
 */
export function translatedSecrets(
  drafts: readonly Draft[],
): ReadonlyMap<string, Readonly<Record<string, SecretReference>>> {
  const names = new Map<string, string>();
  const values = new Map<string, string>();
  const result = new Map<string, Readonly<Record<string, SecretReference>>>();
  for (const { read, secrets, environment } of drafts) {
    const named = Object.entries(secrets).map(([name, secret]): [string, SecretReference] => {
      const text = environment.values[name];
      if (text === undefined || secret.variable === undefined) return [name, secret];
      const value = JSON.stringify([
        text.map((part) => (typeof part === "object" && part.kind === "variable" ? part.name : part)),
      ]);
      const known = plainText(text) === "" ? undefined : names.get(value);
      const other = values.get(secret.variable);
      const isTaken = other !== undefined && other !== value;
      const own = isTaken ? `${read.name.replaceAll("-", "_")}_${name}`.toUpperCase() : secret.variable;
      const variable = known ?? own;
      names.set(value, variable);
      values.set(variable, value);
      return [name, { ...secret, variable }];
    });
    result.set(read.composeName, Object.fromEntries(named));
  }
  return result;
}
