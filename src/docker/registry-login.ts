import { TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
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
    const username = this.variable("username", "The name of the registry's user.");
    username.addValidation({
      condition: `\${can(regex("^[^:[:space:]]+$", ${username.fqn}))}`,
      errorMessage: "The name of a registry's user must not be empty, and must not hold a colon or white space.",
    });
    const password = this.variable("password", "The password of the registry's user.");
    const length = `length(base64encode(${password.fqn}))`;
    password.addValidation({
      condition: `\${${length} > 0 && ${length} <= ${LONGEST_PASSWORD_BASE64}}`,
      errorMessage: "The password of a registry's user must have 1 to 72 bytes, for bcrypt reads no more.",
    });
    this.username = username.stringValue;
    this.password = password.stringValue;
    TerraformStack.of(this).addOverride("terraform.required_version", ">= 1.10");
  }

  /** How a host or a push gets into the registry at `address` with it. */
  accessTo(address: string): PullAccess {
    return { kind: "login", address, username: this.username, password: this.password };
  }

  /** Declared in the stack itself, where a variable keeps its name and a second one of that name is refused. */
  private variable(part: "username" | "password", description: string): TerraformVariable {
    const stack = TerraformStack.of(this);
    const path = this.node.path.slice(stack.node.path.length + 1);
    const name = `${path.replace(/[/-]/g, "_")}_${part}`;
    if (stack.node.tryFindChild(name)) {
      throw new ConstructError(
        this,
        "id",
        `asks Terraform for a variable ${name}, and the stack has something of that name: rename one of them`,
      );
    }
    const variable = new TerraformVariable(stack, name, {
      type: "string",
      description,
      sensitive: true,
      nullable: false,
    });
    variable.addOverride("ephemeral", true);
    return variable;
  }
}
