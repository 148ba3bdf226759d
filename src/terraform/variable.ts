import { TerraformStack, TerraformVariable } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "./construct-error.ts";

/** What a {@link variable} takes. */
export interface VariableProps {
  readonly description: string;
  /** What its value must be; the condition is given the variable's address. @default - any text */
  readonly validation?: (address: string) => { readonly condition: string; readonly errorMessage: string };
}

/**
 * Declares a text that whoever runs Terraform gives, as `TF_VAR_` and `name`, and returns a reference to it. It is
 * ephemeral, so that no plan and no state comes to hold it, which needs Terraform 1.10 or OpenTofu 1.11; it stands in the
 * stack itself, where a variable keeps its name.
 *
 * @throws {ConstructError} when the stack has something of that name
 * @see https://developer.hashicorp.com/terraform/language/manage-sensitive-data/ephemeral
 */
export function ephemeralVariable(scope: IConstruct, name: string, { description, validation }: VariableProps): string {
  const stack = TerraformStack.of(scope);
  if (stack.node.tryFindChild(name)) {
    const remedy = "rename one of them";
    const problem = `asks Terraform for a variable ${name}, and the stack has something of that name: ${remedy}`;
    throw new ConstructError(scope, "id", problem);
  }
  const variable = new TerraformVariable(stack, name, {
    type: "string",
    description,
    sensitive: true,
    nullable: false,
  });
  variable.addOverride("ephemeral", true);
  if (validation) {
    const { condition, errorMessage } = validation(variable.fqn);
    variable.addValidation({ condition: `\${${condition}}`, errorMessage });
  }
  stack.addOverride("terraform.required_version", ">= 1.10");
  return variable.stringValue;
}
