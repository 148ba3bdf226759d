import type { Construct } from "constructs";
import { owningStack } from "./stack-of.ts";

/** What Terraform looks at with every plan, and says where it is not so. */
export interface Check {
  /** What the stack calls it; one of its resources has no other name. */
  readonly name: string;
  /** An expression that is true where all is well. */
  readonly condition: string;
  /** What Terraform says otherwise; may have references. */
  readonly errorMessage: string;
}

/**
 * Has Terraform warn with every plan and apply where `condition` is not so. Why a check: it stops nothing and is no
 * change, so that a plan without changes stays empty. One that reads a data source of its own would not be.
 *
 * @see https://developer.hashicorp.com/terraform/language/checks
 */
export function warnWithEveryPlan(scope: Construct, { name, condition, errorMessage }: Check): void {
  const assertion = { condition: `\${${condition}}`, error_message: errorMessage };
  owningStack(scope).addOverride(`check.${name}.assert`, [assertion]);
}
