import { type ITerraformDependable, TerraformResource } from "cdktf";
import type { Construct } from "constructs";
import type { AwsAccount } from "./aws-account.ts";
import { stagedScript } from "./staged-script.ts";

/** What an {@link EcrDestroyReport} takes. */
export interface EcrDestroyReportProps {
  readonly deployer: AwsAccount;
  /** A literal, as all of it: Terraform lets a step of a destroy refer to nothing but itself. */
  readonly repositoryName: string;
  readonly dependsOn: ITerraformDependable[];
}

/** The step of a destroy that says what a repository still holds, just before ECR refuses to delete it. */
export class EcrDestroyReport extends TerraformResource {
  constructor(scope: Construct, id: string, { deployer, repositoryName, dependsOn }: EcrDestroyReportProps) {
    const { command, environment } = stagedScript(scope, "ecr-destroy-report.sh");
    super(scope, id, {
      terraformResourceType: "terraform_data",
      dependsOn,
      provisioners: [
        {
          type: "local-exec",
          when: "destroy",
          command,
          interpreter: ["/bin/sh", "-c"],
          environment: {
            ...deployer.deployerEnvironment,
            ...environment,
            SLIPWAY_ACCOUNT: deployer.account,
            SLIPWAY_REPOSITORY: repositoryName,
          },
        },
      ],
    });
  }
}
