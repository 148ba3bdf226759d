import type { IConstruct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { requireLiteral } from "../terraform/literal.ts";
import type { KeptSecret, SecretSource } from "../values/secret-source.ts";
import type { PullAccess } from "./pull-access.ts";

/** The login by which a host pulls, where the password is a secret that it reads itself. */
export interface PullLogin {
  /** E.g. the name of a GitHub user, or of a GitLab deploy token; a literal. */
  readonly username: string;
  /** The password or token, which needs to read and nothing else. */
  readonly password: KeptSecret;
}

/** How a host gets into `address` by `login`. @throws {ConstructError} for what is no name, or no secret */
export function pullLoginAccess(scope: IConstruct, address: string, login: PullLogin): PullAccess {
  knownProps(scope, login, { username: true, password: true }, "pullLogin");
  const { password } = login;
  const username = requireLiteral(scope, "pullLogin.username", login.username);
  if (typeof username !== "string" || !/^[^:\s]{1,256}$/.test(username)) {
    const rule = "must be a name without colon or white space";
    throw new ConstructError(scope, "pullLogin.username", { subject: "user name", rule, got: username });
  }
  // what was given may be the password itself, which no message may hold
  if (typeof password?.source?.kind !== "string")
    throw new ConstructError(
      scope,
      "pullLogin.password",
      `must be a Secret, got ${typeof password}: write e.g. Secret.fromSecretsManager("ghcr-token")`,
    );
  return { kind: "secret", address, username, password };
}

/** Where the password is kept by which a host pulls from `repository`, where it needs one. */
export function pullLoginOf({ pullAccess }: { readonly pullAccess: PullAccess }): SecretSource | undefined {
  return pullAccess.kind === "secret" ? pullAccess.password.source : undefined;
}
