import type { AwsAccount } from "../aws-account.ts";
import { ECR_LOGIN_ACTIONS, ECR_PULL_ACTIONS } from "../ecr-actions.ts";
import type { PolicyStatement } from "../iam-policy.ts";
import type { Secret } from "../secret.ts";
import { anyDocumentOf } from "./agent-document.ts";

/** What a host's own software asks AWS for. */
export interface HostPermissions {
  /** The parameter that holds its releases. */
  readonly parameterName: string;
  /** What the names of its documents begin with, by which it is told and gets its agent. */
  readonly documentName: string;
  /** The repositories in ECR that its services are pulled from. */
  readonly repositoryArns: readonly string[];
  readonly secrets: readonly Secret[];
}

/**
 * What the agent of Systems Manager asks for, so that Run Command and Session Manager reach the host without an open
 * port. Why not AmazonSSMManagedInstanceCore: that one reads every parameter of the account.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html
 */
const AGENT_ACTIONS = [
  "ec2messages:AcknowledgeMessage",
  "ec2messages:DeleteMessage",
  "ec2messages:FailMessage",
  "ec2messages:GetEndpoint",
  "ec2messages:GetMessages",
  "ec2messages:SendReply",
  "ssm:ListAssociations",
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
] as const;

/** Those of the agent's that know which instance it is about. */
const INSTANCE_ACTIONS = ["ssm:ListInstanceAssociations", "ssm:UpdateInstanceInformation"] as const;

/** What a host's role allows: its own releases, the images that it runs, the secrets that they need, and the agent. */
export function hostPolicy(account: AwsAccount, needs: HostPermissions): PolicyStatement[] {
  const { parameterName, documentName, repositoryArns, secrets } = needs;
  const images: PolicyStatement[] =
    repositoryArns.length === 0
      ? []
      : [
          { sid: "EcrLogin", actions: ECR_LOGIN_ACTIONS, resources: ["*"] },
          { sid: "EcrPull", actions: ECR_PULL_ACTIONS, resources: repositoryArns },
        ];
  return [
    { sid: "SsmManagedInstance", actions: INSTANCE_ACTIONS, resources: [account.arn("ec2", "instance/*")] },
    { sid: "SsmMessages", actions: AGENT_ACTIONS, resources: ["*"] },
    {
      sid: "RunCommandDocument",
      actions: ["ssm:DescribeDocument", "ssm:GetDocument"],
      resources: [account.arn("ssm", anyDocumentOf(documentName))],
    },
    {
      sid: "ReleaseParameter",
      actions: ["ssm:GetParameter", "ssm:LabelParameterVersion"],
      resources: [account.arn("ssm", `parameter${parameterName}`)],
    },
    ...images,
    ...secrets.flatMap((secret) => secret.permissions(account)),
  ];
}
