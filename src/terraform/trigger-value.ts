import { TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import "./creation-stack.ts";

/**
 * A value that the state keeps, for a resource that is to be replaced when it changes (`replace_triggered_by`). A value
 * that was not remembered before replaces nothing.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class TriggerValue extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly value: string,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data" });
  }

  /** As `replace_triggered_by` has it, which takes no expression. */
  get address(): string {
    return `terraform_data.${this.friendlyUniqueId}`;
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { input: this.value };
  }
}
