import { Fn, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import "./creation-stack.ts";

/**
 * A value's turn: `uuid` is that is another one each time that the value changes, also when it changes back. Why: a
 * name that must not meet the one of a resource that is still to be destroyed cannot be made of the value alone.
 *
 * @see https://developer.hashicorp.com/terraform/language/resources/terraform-data
 */
export class Generation extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly value: string,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data", lifecycle: { createBeforeDestroy: true } });
  }

  /** The first digits of the UUID; a reference. */
  digits(count: number): string {
    return Fn.substr(this.getStringAttribute("id"), 0, count);
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return { triggers_replace: this.value };
  }
}
