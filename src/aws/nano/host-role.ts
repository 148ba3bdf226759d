import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { describe } from "../../terraform/description.ts";
import { lateText } from "../../terraform/late.ts";
import type { AwsAccount } from "../aws-account.ts";
import { awsName } from "../aws-name.ts";
import type { IRole } from "../ecr-repository-base.ts";
import { iamPolicy, mergedStatements, type PolicyStatement, trustPolicy } from "../iam-policy.ts";

/** What a {@link HostRole} takes. */
export interface HostRoleProps {
  readonly account: AwsAccount;
  /** Asked at synth, when every service is declared. */
  readonly policy: () => readonly PolicyStatement[];
}

const LONGEST_NAME = 64;

/** The role that an instance plays, with one policy of its own: what the host's services need and nothing beside. */
export class HostRole extends Construct implements IRole {
  readonly roleName: string;
  /** The instance profile by which the role gets into the instance; a reference. */
  readonly profileName: string;
  /** What must exist before the instance starts: an agent without its rights sleeps for half an hour. */
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { account, policy }: HostRoleProps) {
    super(scope, id);
    // Roles belong to the whole account, hence the region in the name.
    const name = awsName(scope, LONGEST_NAME, `.${account.region}`);
    const role = new IamRole(this, "Resource", {
      name,
      description: `What the host ${scope.node.path} may do in ${account.region}`,
      assumeRolePolicy: trustPolicy(`ec2.${account.domain}`),
    });
    const allowed = new IamRolePolicy(this, "Policy", {
      name: "host",
      role: role.name,
      policy: lateText(() => iamPolicy(policy())),
    });
    const profile = new IamInstanceProfile(this, "Profile", { name, role: role.name });
    this.roleName = role.name;
    this.profileName = profile.name;
    this.ready = [allowed];
    describe(this, "role", () => ({ name, statements: mergedStatements(policy()) }));
    const resources = [account.arn("iam", `role/${name}`), account.arn("iam", `instance-profile/${name}`)];
    account.addDeployerStatements(
      { sid: "IamHostRole", actions: CARE_ACTIONS, resources },
      {
        sid: "IamPassHostRole",
        actions: ["iam:PassRole"],
        resources: resources.slice(0, 1),
        conditions: { StringEquals: { "iam:PassedToService": `ec2.${account.domain}` } },
      },
    );
  }
}

const CARE_ACTIONS = [
  "iam:AddRoleToInstanceProfile",
  "iam:CreateInstanceProfile",
  "iam:CreateRole",
  "iam:DeleteInstanceProfile",
  "iam:DeleteRole",
  "iam:DeleteRolePolicy",
  "iam:GetInstanceProfile",
  "iam:GetRole",
  "iam:GetRolePolicy",
  "iam:ListAttachedRolePolicies",
  "iam:ListInstanceProfilesForRole",
  "iam:ListRolePolicies",
  "iam:PutRolePolicy",
  "iam:RemoveRoleFromInstanceProfile",
  "iam:TagInstanceProfile",
  "iam:TagRole",
  "iam:UntagInstanceProfile",
  "iam:UntagRole",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRoleDescription",
] as const;
