import { isDeployerFile } from "../values/deployer-file.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import type { SecretSource } from "../values/secret-source.ts";
import type { ISecret } from "./host.ts";

/** What is declared of a secret of the deployer's. */
export interface DeployerSecretOptions {
  /**
   * What is there by now, in words of one's own: raise it when another password is there, and whoever uses it gets a new
   * container. @default - what a container got stays as it is
   */
  readonly version?: number | string;
  /** As the file `/run/secrets/NAME`; a variable would stand in Terraform's state. @default "file" */
  readonly as?: "file";
}

/** How each kind of the deployer's secrets is declared. */
export const DEPLOYER_SECRET_KINDS = { file: "Secret.fromFile", environment: "Secret.fromEnvironment" } as const;

/** Where a host finds a secret that one of its services needs; what it holds never passes here. */
export class Secret implements ISecret {
  /**
   * A file of the deploying machine that git does not track, its bytes as they are.
   *
   * @param path absolute, below `~/`, or below the project's folder @throws InvalidValueError
   */
  static fromFile(path: string, options: DeployerSecretOptions = {}): Secret {
    if (!isDeployerFile(path))
      refuse("file of a secret", "must be a path without white space", 'write it like "~/.config/shop/db-password"');
    return new Secret({ kind: "file", id: path, ...told(options) });
  }

  /** A variable of the deployer's environment, whose name enters the declaration and nothing else. @throws InvalidValueError */
  static fromEnvironment(name: string, options: DeployerSecretOptions = {}): Secret {
    if (typeof name !== "string" || !VARIABLE.test(name))
      refuse("variable of a secret", "must be the name of a variable", 'write it like "DB_PASSWORD"');
    return new Secret({ kind: "environment", id: name, ...told(options) });
  }

  /** @param source what the host is told */
  protected constructor(readonly source: SecretSource) {}
}

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VERSION = /^[A-Za-z0-9._:+-]{1,64}$/;

function told(options: DeployerSecretOptions): Pick<SecretSource, "as" | "version"> {
  refuseUnknownOptions("secret", options, { version: true, as: true });
  const { as = "file", version } = options;
  if (as !== "file")
    refuse("as", "must be file for a secret of the deployer's", "let the service read the file /run/secrets/NAME");
  return { as, ...secretVersion(version) };
}

/** @throws InvalidValueError for what is no version */
export function secretVersion(version: number | string | undefined): Pick<SecretSource, "version"> {
  if (version === undefined) return {};
  if (VERSION.test(`${version}`)) return { version: `${version}` };
  return refuse("version of a secret", "must be at most 64 letters, digits and ._:+-", "write e.g. version: 2");
}

/** Without what was given, which may be the secret itself. */
function refuse(subject: string, rule: string, remedy: string): never {
  throw new InvalidValueError({ subject, rule, got: "something else", remedy });
}
