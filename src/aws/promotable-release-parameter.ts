import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { Construct } from "constructs";
import { releaseText, servedIn } from "../hosts/promotable-release.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { waitLate } from "../terraform/late.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { AwsAccount } from "./aws-account.ts";
import { PARAMETER_ACTIONS, PARAMETER_LISTING } from "./parameter-actions.ts";

/** What a {@link PromotableReleaseParameter} takes. */
export interface PromotableReleaseParameterProps {
  /** The parameter's name, e.g. `/netflix/staging/release`; a literal. */
  readonly name: string;
}

// AWS's own: a path of letters, digits, dots, dashes and underscores; /aws and /ssm are not ours
const NAME = /^(?!\/(?:aws|ssm)(?:\/|$))(?:\/[A-Za-z0-9_.-]+)+$/i;

/**
 * Writes what a `PromotableRelease` writes into Parameter Store, where a job that deploys another environment fetches it.
 * Why it is fetched before the synth and not read by Terraform: a review is to show the digests.
 */
export class PromotableReleaseParameter extends Construct {
  /** @throws {ConstructError} for a name that no parameter has */
  constructor(scope: Construct, id: string, props: PromotableReleaseParameterProps) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { name: true });
    const name = requireLiteral(this, "name", props.name);
    if (typeof name !== "string" || !NAME.test(name)) {
      const rule = "must be a path of Parameter Store";
      const remedy = 'write it like "/netflix/staging/release"';
      throw new ConstructError(this, "name", { subject: "parameter name", rule, got: name, remedy });
    }
    const account = AwsAccount.of(this);
    const parameter = new SsmParameter(this, "Resource", {
      name,
      description: "What an environment serves, for another one to promote",
      type: "String",
      tier: "Intelligent-Tiering",
      insecureValue: releaseText(this),
    });
    waitLate(parameter, () => servedIn(this));
    const resources = [account.arn("ssm", `parameter${name}`)];
    account.addDeployerStatements(
      { sid: "PromotableRelease", actions: PARAMETER_ACTIONS, resources },
      PARAMETER_LISTING,
    );
  }
}
