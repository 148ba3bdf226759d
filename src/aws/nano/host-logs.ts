import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { Construct } from "constructs";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import type { AwsAccount } from "../aws-account.ts";
import type { PolicyStatement } from "../iam-policy.ts";
import type { HostLogsOptions } from "./host-logs-options.ts";

/** What a {@link HostLogs} takes. */
export interface HostLogsProps extends HostLogsOptions {
  readonly account: AwsAccount;
  /** The name of the group, a literal. */
  readonly group: string;
}

/** A group without an end is paid for as long as the account stands. */
const USUAL_DAYS = 30;

/**
 * The log group that a host's containers write to. Why Terraform's and not the engine's, which could make one: its
 * retention and its key are declared here, and the host's role needs no right to make groups.
 */
export class HostLogs extends Construct {
  /** What must be there before a container writes. */
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, { account, group, retentionDays, kmsKey }: HostLogsProps) {
    super(scope, id);
    const made = new CloudwatchLogGroup(this, "Resource", {
      name: group,
      retentionInDays: retentionDays ?? USUAL_DAYS,
      kmsKeyId: kmsKey,
    });
    this.ready = [made];
    account.addDeployerStatements(
      { sid: "LogGroup", actions: CARE_ACTIONS, resources: groupArns(account, group) },
      // AWS asks about all groups, whichever name is looked for.
      { sid: "LogGroupsDescribe", actions: ["logs:DescribeLogGroups"], resources: ["*"] },
    );
    account.addOperatorStatements({
      sid: "ReadLogs",
      actions: ["logs:FilterLogEvents"],
      resources: groupArns(account, group),
    });
  }
}

/** What the engine of a host asks for: streams of its own in this group, and lines in them. */
export function logWriterStatement(account: AwsAccount, group: string): PolicyStatement {
  return {
    sid: "WriteLogs",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [account.arn("logs", `log-group:${group}:*`)],
  };
}

/** A group's ARN is written with `:*` behind it, but for its tags. */
function groupArns(account: AwsAccount, group: string): string[] {
  return ["", ":*"].map((end) => account.arn("logs", `log-group:${group}${end}`));
}

const CARE_ACTIONS = [
  "logs:AssociateKmsKey",
  "logs:CreateLogGroup",
  "logs:DeleteLogGroup",
  "logs:DeleteRetentionPolicy",
  "logs:DisassociateKmsKey",
  "logs:ListTagsForResource",
  "logs:PutRetentionPolicy",
  "logs:TagResource",
  "logs:UntagResource",
] as const;
