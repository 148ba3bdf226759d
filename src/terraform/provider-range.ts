import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";

/**
 * The provider versions that what we emit is valid for. Why ranges: the generated bindings demand exactly the
 * version that they were generated from, which would keep every user from patches.
 */
const RANGES = { docker: ">= 3.6.2, < 5", aws: ">= 5.100, < 7" } as const;

/** Lets the stack of `scope` require a version of `provider` in `range`, instead of the bindings' exact one. */
export function requireProviderVersion(
  scope: Construct,
  provider: keyof typeof RANGES,
  range: string = RANGES[provider],
): void {
  TerraformStack.of(scope).addOverride(`terraform.required_providers.${provider}.version`, range);
}
