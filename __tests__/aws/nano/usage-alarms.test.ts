import { TerraformVariable } from "cdktf";
import type { UsageAlarmsOptions } from "../../../src/aws/index.ts";
import { only } from "../../synthesize.ts";
import { nano, pulled } from "./nano-host-stack.ts";

const TOPICS = ["arn:aws:sns:eu-west-1:111122223333:alarms"];

const declared = (usageAlarms?: UsageAlarmsOptions) =>
  nano((host, scope, account) => {
    host.run("web", { image: pulled(scope), port: 80 });
    new TerraformVariable(scope, "policy", { default: account.deployerPolicy });
    new TerraformVariable(scope, "description", { default: host.description });
  }, usageAlarms && { usageAlarms });
const alarms = ({ resource }: ReturnType<typeof nano>) =>
  Object.values(resource.aws_cloudwatch_metric_alarm ?? {}).sort((a, b) =>
    `${a.alarm_name}`.localeCompare(`${b.alarm_name}`),
  );
const statement = (policy: string, sid: string) =>
  (JSON.parse(policy).Statement as Record<string, unknown>[]).find(({ Sid }) => Sid === sid);

describe("the alarms about what a host uses", () => {
  test("tell the topics of a full disk and of full memory, by metrics that bear the host's name", () => {
    const usual = {
      namespace: "Slipway",
      dimensions: { Host: "stack/host" },
      comparison_operator: "GreaterThanOrEqualToThreshold",
      period: 600,
      evaluation_periods: 2,
      treat_missing_data: "missing",
      alarm_actions: TOPICS,
      ok_actions: TOPICS,
    };
    const stack = declared({ topics: TOPICS, memoryPercent: 95 });
    expect(alarms(stack)).toMatchObject([
      { ...usual, alarm_name: "slipway.stack.host.disk", metric_name: "DiskUsedPercent", threshold: 85 },
      { ...usual, alarm_name: "slipway.stack.host.memory", metric_name: "MemoryUsedPercent", threshold: 95 },
    ]);
    expect(stack.manifest).toMatchObject({ metrics: "Slipway" });
  });

  test("need a host that may put metrics in their namespace alone, and a deployer who may make these two", () => {
    const stack = declared({ topics: TOPICS });
    expect(statement(only(stack, "aws_iam_role_policy").policy as string, "PutMetrics")).toEqual({
      Sid: "PutMetrics",
      Effect: "Allow",
      Action: ["cloudwatch:PutMetricData"],
      Resource: ["*"],
      Condition: { StringEquals: { "cloudwatch:namespace": "Slipway" } },
    });
    expect(statement(JSON.parse(stack.json).variable.policy.default, "CloudWatchAlarms")).toMatchObject({
      Resource: ["disk", "memory"].map(
        (of) => `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:slipway.stack.host.${of}`,
      ),
    });
  });

  test("are part of what a host costs", () => {
    const said = JSON.parse(declared({ topics: TOPICS }).json).variable.description.default;
    expect(said).toContain("alarm 0.20, metrics 0.60");
  });

  test("leave no trace where they are not declared", () => {
    const stack = declared();
    expect(alarms(stack)).toEqual([]);
    expect(stack.manifest).not.toHaveProperty("metrics");
    expect(stack.json).not.toContain("PutMetric");
  });
});

test.each<[string, unknown, string]>([
  ["that tell nobody", {}, "host: usageAlarms.topics: usageAlarms.topics must be a list of words, got undefined"],
  ["that tell somebody unknown", { topics: ["a"] }, 'host: usageAlarms.topics: topic must be given by its id, got "a"'],
  [
    "of more than all",
    { topics: TOPICS, diskPercent: 101 },
    "host: usageAlarms.diskPercent: used disk must be a whole number of per cent from 1 to 99, got 101",
  ],
  [
    "of a part",
    { topics: TOPICS, memoryPercent: 0.9 },
    "host: usageAlarms.memoryPercent: used memory must be a whole number of per cent from 1 to 99, got 0.9",
  ],
  ["in other words", { topics: TOPICS, disk: 85 }, 'host: usageAlarms: NanoHost option must be known, got "disk"'],
  ["by a topic alone", TOPICS[0], "host: usageAlarms: usage alarms must say whom to tell"],
])("alarms are refused %s", (_, options, problem) => {
  expect(() => declared(options as UsageAlarmsOptions)).toThrow(problem);
});
