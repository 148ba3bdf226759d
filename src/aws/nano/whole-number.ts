import type { Construct } from "constructs";
import { ConstructError } from "../../terraform/construct-error.ts";
import { requireLiteral } from "../../terraform/literal.ts";

/** What a number may be. */
export interface WholeNumberRule {
  readonly subject: string;
  readonly unit: string;
  readonly lowest: number;
  readonly highest: number;
}

/** @throws {ConstructError} for a number that is out of range, has a fraction or is known only at apply */
export function checkWholeNumber(scope: Construct, property: string, got: number, rule: WholeNumberRule): void {
  const { subject, unit, lowest, highest } = rule;
  requireLiteral(scope, property, got);
  if (Number.isInteger(got) && got >= lowest && got <= highest) return;
  const text = `must be a whole number of ${unit} from ${lowest} to ${highest}`;
  throw new ConstructError(scope, property, { subject, rule: text, got });
}
