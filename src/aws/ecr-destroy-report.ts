import type { Construct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { Step } from "../terraform/step.ts";
import type { AwsAccount } from "./aws-account.ts";
import { stagedScript } from "./staged-script.ts";

/** What a report of a destroy takes. */
export interface EcrDestroyReportProps {
  readonly deployer: AwsAccount;
  /** A literal, as all of it: Terraform lets a step of a destroy refer to nothing but itself. */
  readonly repositoryName: string;
  readonly dependsOn: TerraformDependency[];
}

/** Declares the step of a destroy that says what a repository still holds, just before ECR refuses to delete it. */
export function ecrDestroyReport(
  scope: Construct,
  { deployer, repositoryName, dependsOn }: EcrDestroyReportProps,
): void {
  const { command, environment } = stagedScript(scope, "ecr-destroy-report.sh");
  new Step(scope, "DestroyReport", {
    command,
    environment: {
      ...deployer.deployerEnvironment,
      ...environment,
      SLIPWAY_ACCOUNT: deployer.account,
      SLIPWAY_REPOSITORY: repositoryName,
    },
    dependsOn,
    when: "destroy",
  });
}
