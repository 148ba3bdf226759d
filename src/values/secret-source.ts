import { InvalidValueError } from "./invalid-value-error.ts";
import { checkVariableName } from "./variable-name.ts";

/** Where a host finds a secret. Which kinds there are is a host's to say; nothing here looks into one. */
export interface SecretSource {
  /** E.g. `parameter`. */
  readonly kind: string;
  /** Name or ARN; may be a reference. */
  readonly id: string;
  /** The key to take, where the secret is a JSON object. @default - the whole secret */
  readonly key?: string;
  /**
   * How the container gets it: as a variable, which Docker keeps among its own files until the container goes, or as
   * the file `/run/secrets/NAME`, which is in memory only on a nano. @default "env"
   */
  readonly as?: "env" | "file";
  /**
   * What is there by now, in the declarer's own words: another one is another container for who uses the secret. Why
   * declared: what a secret holds is known to the host alone, when it is too late for a plan.
   * @default - none
   */
  readonly version?: string;
}

/** A secret by where it is kept; what it holds never passes through here. */
export interface KeptSecret {
  readonly source: SecretSource;
}

/** @throws InvalidValueError when no container gets a secret of this `name` from there; the message never has what it holds */
export function checkSecret(name: string, { id, key }: SecretSource): void {
  checkVariableName("secret", name);
  if (!/^\S+$/.test(id)) refuse(`secret ${name}`, "must name where it is kept", id, "give its name or its ARN");
  if (key !== undefined && !/^[^\t\n\r]+$/.test(key)) refuse(`key of secret ${name}`, "must be one line", key);
}

function refuse(subject: string, rule: string, got: unknown, remedy?: string): never {
  throw new InvalidValueError({ subject, rule, got, remedy });
}
