import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import type { AwsAccount } from "../aws-account.ts";
import { awsName } from "../aws-name.ts";
import { alarmDeployerStatements, LONGEST_ALARM_NAME } from "./alarm-topics.ts";

/** An alarm that a host may have. */
export interface StatusAlarmOptions {
  /** ARNs of SNS topics that are told when the host fails its status checks, and when it passes them again. */
  readonly topics: readonly string[];
}

/** Tells when an instance fails its status checks two minutes long. AWS moves one off broken hardware by itself. */
export class StatusAlarm extends Construct {
  constructor(scope: Construct, id: string, account: AwsAccount, instanceId: string, { topics }: StatusAlarmOptions) {
    super(scope, id);
    const alarmName = awsName(scope, LONGEST_ALARM_NAME);
    new CloudwatchMetricAlarm(this, "Resource", {
      alarmName,
      alarmDescription: `The host ${scope.node.path} fails its status checks`,
      namespace: "AWS/EC2",
      metricName: "StatusCheckFailed",
      dimensions: { InstanceId: instanceId },
      statistic: "Maximum",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: 60,
      evaluationPeriods: 2,
      treatMissingData: "missing",
      alarmActions: [...topics],
      okActions: [...topics],
    });
    account.addDeployerStatements(...alarmDeployerStatements(account, alarmName));
  }
}
