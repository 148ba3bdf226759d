import { TerraformOutput, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { Lifetime } from "../values/lifetime.ts";
import "./creation-stack.ts";
import { EXPIRY_OUTPUT } from "./expiry-output.ts";

/**
 * When a stack's time is over, reckoned by Terraform at the first apply and kept in the state, wherever that lies. Why not
 * at synth: each deploy would move it. `ignore_changes` holds what the first apply wrote; another lifetime reckons anew.
 *
 * @see https://developer.hashicorp.com/terraform/language/functions/timestamp
 */
export class Expiry extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    private readonly lifetime: Lifetime,
  ) {
    super(scope, id, { terraformResourceType: "terraform_data", lifecycle: { ignoreChanges: ["input"] } });
    const output = new TerraformOutput(scope, EXPIRY_OUTPUT, { value: this.getStringAttribute("output") });
    output.overrideLogicalId(EXPIRY_OUTPUT);
  }

  protected override synthesizeAttributes(): { [name: string]: unknown } {
    return {
      input: `\${timeadd(timestamp(), "${this.lifetime.minutes}m")}`,
      triggers_replace: this.lifetime.toString(),
    };
  }
}
