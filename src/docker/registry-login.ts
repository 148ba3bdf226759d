import { Construct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { pathInStack } from "../terraform/stack-of.ts";
import { ephemeralVariable } from "../terraform/variable.ts";
import type { PullAccess } from "./pull-access.ts";

/** What a {@link RegistryLogin} takes. */
export interface RegistryLoginProps {
  /**
   * Raise it when the name or the password has changed, so that a registry of one's own learns the new ones: nothing
   * that Terraform keeps lets it see the change by itself.
   * @default 1
   */
  readonly passwordVersion?: number;
}

/** bcrypt reads 72 bytes of a password and no more; in base64 these are 96 characters. */
const LONGEST_PASSWORD_BASE64 = 96;

/**
 * The name and password of a registry's user, asked of the environment by two Terraform variables without default.
 * For a login that is declared as `registry-login` they are `TF_VAR_registry_login_username` and
 * `TF_VAR_registry_login_password`; plan, apply and destroy all want them.
 *
 * Why ephemeral and not only sensitive: Terraform writes a sensitive variable into saved plans in the clear, and an
 * ephemeral one nowhere. It also refuses to let an ephemeral value near a resource's attributes, so that state cannot
 * come to hold it by mistake. The price is Terraform 1.10 or OpenTofu 1.11, in stacks that use a login.
 *
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/ephemeral
 */
export class RegistryLogin extends Construct {
  /** A reference to the variable. */
  readonly username: string;
  /** A reference to the variable; fit for provider configuration and provisioners only. */
  readonly password: string;
  readonly passwordVersion: number;

  /** @throws {ConstructError} when the stack has a construct of a variable's name, or the version is no whole number */
  constructor(scope: Construct, id: string, props: RegistryLoginProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { passwordVersion: true });
    this.passwordVersion = requireLiteral(this, "passwordVersion", props.passwordVersion ?? 1);
    if (!Number.isSafeInteger(this.passwordVersion) || this.passwordVersion < 1) {
      throw new ConstructError(this, "passwordVersion", {
        subject: "password version",
        rule: "must be a whole number from 1",
        got: props.passwordVersion,
      });
    }
    const prefix = pathInStack(this).replace(/[/-]/g, "_");
    this.username = ephemeralVariable(this, `${prefix}_username`, {
      description: "The name of the registry's user.",
      validation: (name) => ({
        condition: `can(regex("^[^:[:space:]]+$", ${name}))`,
        errorMessage: "The name of a registry's user must not be empty, and must not hold a colon or white space.",
      }),
    });
    this.password = ephemeralVariable(this, `${prefix}_password`, {
      description: "The password of the registry's user.",
      validation: (password) => {
        const length = `length(base64encode(${password}))`;
        return {
          condition: `${length} > 0 && ${length} <= ${LONGEST_PASSWORD_BASE64}`,
          errorMessage: "The password of a registry's user must have 1 to 72 bytes, for bcrypt reads no more.",
        };
      },
    });
  }

  /** How a host or a push gets into the registry at `address` with it. */
  accessTo(address: string): PullAccess {
    return { kind: "login", address, username: this.username, password: this.password };
  }
}
