import type { Construct } from "constructs";
import { requireWordList } from "../../terraform/literal.ts";
import type { AwsAccount } from "../aws-account.ts";
import type { PolicyStatement } from "../iam-policy.ts";
import { checkResourceId, TOPIC } from "../resource-id.ts";

export const LONGEST_ALARM_NAME = 255;

/** @throws {ConstructError} for what is no list of SNS topics by their ARNs */
export function checkTopics(scope: Construct, property: string, topics: readonly string[]): void {
  for (const topic of requireWordList(scope, property, topics, `write [${TOPIC.example}]`)) {
    checkResourceId(scope, property, topic, TOPIC);
  }
}

/** What the deployer of an alarm must be allowed. */
export function alarmDeployerStatements(account: AwsAccount, alarmName: string): PolicyStatement[] {
  return [
    {
      sid: "CloudWatchAlarms",
      actions: [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:ListTagsForResource",
        "cloudwatch:PutMetricAlarm",
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
      ],
      resources: [account.arn("cloudwatch", `alarm:${alarmName}`)],
    },
    { sid: "CloudWatchDescribeAlarms", actions: ["cloudwatch:DescribeAlarms"], resources: ["*"] },
  ];
}
