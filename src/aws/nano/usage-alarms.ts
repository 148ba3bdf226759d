import { CloudwatchMetricAlarm } from "@cdktf/provider-aws/lib/cloudwatch-metric-alarm";
import { Construct } from "constructs";
import { ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import { knownProps } from "../../terraform/known-props.ts";
import type { OptionNames } from "../../values/known-options.ts";
import type { AwsAccount } from "../aws-account.ts";
import { awsName } from "../aws-name.ts";
import type { PolicyStatement } from "../iam-policy.ts";
import { alarmDeployerStatements, checkTopics, LONGEST_ALARM_NAME } from "./alarm-topics.ts";
import { checkWholeNumber } from "./whole-number.ts";

/** Two alarms that a host may have: one about its disks, one about its memory. */
export interface UsageAlarmsOptions {
  /** ARNs of SNS topics that are told when a disk or the memory gets full, and when there is room again. */
  readonly topics: readonly string[];
  /** Per cent of the fullest of its disks, the data volume among them, from which on it is too full. @default 85 */
  readonly diskPercent?: number;
  /** Per cent of its memory that programs may not have any more, from which on it is too full. @default 90 */
  readonly memoryPercent?: number;
}

const NAMES: OptionNames<UsageAlarmsOptions> = { topics: true, diskPercent: true, memoryPercent: true };
const USUAL = { diskPercent: 85, memoryPercent: 90 };

/** Where its host puts the metrics, which bear its name; no role of a host may put others. */
export const METRICS_NAMESPACE = "Slipway";

/** The agent puts a value about every five and a half minutes, so one of each ten is sure to be there. */
const PERIOD_SECONDS = 600;

/**
 * Tells when a disk or the memory of a host stays too full for twenty minutes. CloudWatch knows neither of an instance,
 * and its agent takes more memory than a nano can spare: the host's own timer puts two numbers, so a release that takes
 * longer puts none meanwhile. Hence `missing`: a host that says nothing keeps the alarm as it is or makes it know nothing,
 * and that a host is gone is what the alarm about status checks is for; `breaching` would tell at every first boot.
 */
export class UsageAlarms extends Construct {
  constructor(scope: Construct, id: string, account: AwsAccount, options: UsageAlarmsOptions) {
    super(scope, id);
    const { topics, diskPercent = USUAL.diskPercent, memoryPercent = USUAL.memoryPercent } = options;
    const alarms = [
      { id: "Disk", what: "fullest disk", statistic: "Maximum", threshold: diskPercent },
      // a peak that passes is none: all values have to be that high
      { id: "Memory", what: "memory", statistic: "Minimum", threshold: memoryPercent },
    ];
    for (const { id: name, what, statistic, threshold } of alarms) {
      const alarmName = awsName(scope, LONGEST_ALARM_NAME, `.${name.toLowerCase()}`);
      new CloudwatchMetricAlarm(this, name, {
        alarmName,
        alarmDescription: `The ${what} of the host ${scope.node.path} is used to ${threshold} %: npx slipway status`,
        namespace: METRICS_NAMESPACE,
        metricName: `${name}UsedPercent`,
        dimensions: { Host: scope.node.path },
        statistic,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
        threshold,
        period: PERIOD_SECONDS,
        evaluationPeriods: 2,
        treatMissingData: "missing",
        alarmActions: [...topics],
        okActions: [...topics],
      });
      account.addDeployerStatements(...alarmDeployerStatements(account, alarmName));
    }
  }
}

/** What a host asks for that puts its metrics. CloudWatch knows no narrower resource for it. */
export function metricsStatement(): PolicyStatement {
  const conditions = { StringEquals: { "cloudwatch:namespace": METRICS_NAMESPACE } };
  return { sid: "PutMetrics", actions: ["cloudwatch:PutMetricData"], resources: ["*"], conditions };
}

/** @throws {ConstructError} for topics that are none and parts that no alarm is sensible for, all of it together */
export function checkUsageAlarms(scope: Construct, options: UsageAlarmsOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    const problem = {
      subject: "usage alarms",
      rule: "must say whom to tell",
      got: options,
      remedy: "write { topics: [topic.arn] }",
    };
    throw new ConstructError(scope, "usageAlarms", problem);
  }
  const range = { unit: "per cent", lowest: 1, highest: 99 };
  const { diskPercent = USUAL.diskPercent, memoryPercent = USUAL.memoryPercent } = options;
  collectErrors([
    () => knownProps(scope, options, NAMES, "usageAlarms"),
    () => checkTopics(scope, "usageAlarms.topics", options.topics),
    () => checkWholeNumber(scope, "usageAlarms.diskPercent", diskPercent, { subject: "used disk", ...range }),
    () => checkWholeNumber(scope, "usageAlarms.memoryPercent", memoryPercent, { subject: "used memory", ...range }),
  ]);
}
