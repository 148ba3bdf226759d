import type { AwsAccount } from "../aws-account.ts";
import { ECR_LOGIN_ACTIONS, ECR_PULL_ACTIONS } from "../ecr-actions.ts";
import type { PolicyStatement } from "../iam-policy.ts";
import type { Secret } from "../secret.ts";
import { anyDocumentOf } from "./agent-document.ts";
import { type Challenges, challengeStatements } from "./challenge-policy.ts";
import { logWriterStatement } from "./host-logs.ts";
import { holdName, releaseArns } from "./release-parameter.ts";
import { metricsStatement } from "./usage-alarms.ts";

/** What a host's own software asks AWS for. */
export interface HostPermissions {
  /** The parameter that holds its releases. */
  readonly parameterName: string;
  /** What the names of its documents begin with, by which it is told and gets its agent. */
  readonly documentName: string;
  /** The repositories in ECR that its services are pulled from. */
  readonly repositoryArns: readonly string[];
  readonly secrets: readonly Secret[];
  /** The parameter that keeps which tasks have run. @default - it runs none */
  readonly taskLedger?: string;
  /** The log group that its containers write to. @default - they write to none */
  readonly logGroup?: string;
  /** What it shows an ACME server by records. @default - nothing */
  readonly challenges?: Challenges;
  /** Whether it puts metrics of its own. @default false */
  readonly putsMetrics?: boolean;
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
  "ssm:ListAssociations",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
] as const;

/**
 * Those of the agent's for which AWS says to which instance the keys were given: by them an instance becomes managed
 * and takes commands. Why these alone under that condition: a key that AWS does not set denies.
 *
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_ec2messages.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_ssmmessages.html
 */
const INSTANCE_KEYS_ACTIONS = [
  "ec2messages:GetMessages",
  "ec2messages:SendReply",
  "ssmmessages:CreateControlChannel",
] as const;

/** What a host's role allows: its own releases, the images that it runs, the secrets that they need, and the agent. */
export function hostPolicy(account: AwsAccount, needs: HostPermissions): PolicyStatement[] {
  const { parameterName, documentName, repositoryArns, secrets, taskLedger, logGroup, putsMetrics, challenges } = needs;
  const images: PolicyStatement[] =
    repositoryArns.length === 0
      ? []
      : [
          { sid: "EcrLogin", actions: ECR_LOGIN_ACTIONS, resources: ["*"] },
          { sid: "EcrPull", actions: ECR_PULL_ACTIONS, resources: repositoryArns },
        ];
  // Which one it will be is not known when the policy is made: the instance starts after it.
  const instances = account.arn("ec2", "instance/*");
  const conditions = { ArnLike: { "ec2:SourceInstanceARN": instances } };
  return [
    { sid: "SsmManagedInstance", actions: ["ssm:UpdateInstanceInformation"], resources: [instances], conditions },
    { sid: "SsmInstanceAssociations", actions: ["ssm:ListInstanceAssociations"], resources: [instances] },
    { sid: "SsmInstanceMessages", actions: INSTANCE_KEYS_ACTIONS, resources: ["*"], conditions },
    { sid: "SsmMessages", actions: AGENT_ACTIONS, resources: ["*"] },
    {
      sid: "RunCommandDocument",
      actions: ["ssm:DescribeDocument", "ssm:GetDocument"],
      resources: [account.arn("ssm", anyDocumentOf(documentName))],
    },
    {
      sid: "ReleaseParameter",
      actions: ["ssm:GetParameter", "ssm:LabelParameterVersion", "ssm:UnlabelParameterVersion"],
      resources: releaseArns(account, parameterName),
    },
    {
      sid: "HoldParameter",
      actions: ["ssm:PutParameter"],
      resources: [account.arn("ssm", `parameter${holdName(parameterName)}`)],
    },
    ...(taskLedger === undefined
      ? []
      : [
          {
            sid: "TaskLedger",
            actions: ["ssm:GetParameter", "ssm:PutParameter"],
            resources: [account.arn("ssm", `parameter${taskLedger}`)],
          },
        ]),
    ...(logGroup === undefined ? [] : [logWriterStatement(account, logGroup)]),
    ...(putsMetrics ? [metricsStatement()] : []),
    ...(challenges ? challengeStatements(account, challenges) : []),
    ...images,
    ...secrets.flatMap((secret) => secret.permissions(account)),
  ];
}
