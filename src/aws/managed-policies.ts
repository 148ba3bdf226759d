import { withoutReferences } from "../terraform/template-text.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { iamPolicy, mergedStatements, type PolicyStatement } from "./iam-policy.ts";

/** How long a managed policy may be, white space not counted. */
export const MANAGED_POLICY_LIMIT = 6144;

/** What a reference in a policy counts for, which only the apply knows: as much as a long ARN. */
const LONGEST_REFERENCE = 160;

/** How many characters IAM counts of a policy. */
export function policySize(text: string): number {
  const plain = withoutReferences(text);
  const references = plain.split("${}").length - 1;
  return plain.replace(/\s/g, "").length + references * LONGEST_REFERENCE;
}

/**
 * The texts of as many managed policies as these statements take, to be attached together; in the order of their names,
 * so that a new statement moves as few others as may be. A statement that is too long alone is told in parts, the later
 * ones with a number behind the name.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function managedPolicies(statements: readonly PolicyStatement[]): string[] {
  const policies: PolicyStatement[][] = [];
  for (const part of mergedStatements(statements).flatMap((statement) => parts(statement))) {
    const last = policies.at(-1);
    if (last !== undefined && fits([...last, part])) last.push(part);
    else policies.push([part]);
  }
  return policies.map((each) => iamPolicy(each));
}

const fits = (statements: readonly PolicyStatement[]) => policySize(iamPolicy(statements)) <= MANAGED_POLICY_LIMIT;

function parts(statement: PolicyStatement): PolicyStatement[] {
  const found: PolicyStatement[] = [];
  let rest = statement.resources;
  while (rest.length > 0) {
    const sid = found.length === 0 ? statement.sid : `${statement.sid}${found.length + 1}`;
    const taken = longest(rest.length, (count) => fits([{ ...statement, sid, resources: rest.slice(0, count) }]));
    if (taken === 0) {
      const rule = `must fit into ${MANAGED_POLICY_LIMIT} characters with one resource`;
      throw new InvalidValueError({ subject: `statement ${sid}`, rule, got: rest[0] });
    }
    found.push({ ...statement, sid, resources: rest.slice(0, taken) });
    rest = rest.slice(taken);
  }
  return found;
}

/** The greatest count up to `most` that passes, where whatever is smaller passes too. */
function longest(most: number, passes: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
