import { TerraformVariable } from "cdktf";
import type { HostLogsOptions, NanoHostProps } from "../../../src/aws/index.ts";
import { only } from "../../synthesize.ts";
import { nano, pulled } from "./nano-host-stack.ts";

const KEY = "arn:aws:kms:eu-west-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";
const OWN = { group: "/slipway/stack/host", region: "eu-west-1" };

const declared = (props: NanoHostProps) =>
  nano((host, scope, account) => {
    const image = pulled(scope);
    host.run("web", { image, port: 80, memoryMiB: 64 });
    host.task("migrate", { image, command: ["migrate"], memoryMiB: 64 });
    host.schedule("report", { image, cron: "0 3 * * *", memoryMiB: 32 });
    new TerraformVariable(scope, "policy", { default: account.deployerPolicy });
  }, props);
const entries = ({ manifest }: ReturnType<typeof nano>) => {
  const { services, tasks, schedules } = manifest as unknown as Record<string, { logs?: unknown }[]>;
  return [services, tasks, schedules].flat().map((entry) => entry?.logs);
};
const specs = ({ json }: ReturnType<typeof nano>) =>
  Object.entries(JSON.parse(json).locals as Record<string, Record<string, object>>).find(([name]) =>
    name.includes("_Specs_"),
  )?.[1];
const policies = (stack: ReturnType<typeof nano>) => {
  const host = only(stack, "aws_iam_role_policy").policy as string;
  const deployer = JSON.parse(stack.json).variable.policy.default as string;
  return [host, deployer].map((text) => {
    const statements: { Sid: string; Action: string[]; Resource: string[] }[] = JSON.parse(text).Statement;
    return Object.fromEntries(statements.map((each) => [each.Sid, each]));
  });
};
const refused = (logs: unknown) => {
  try {
    declared({ logs: logs as HostLogsOptions });
  } catch (error) {
    return String((error as Error).message);
  }
  return "taken";
};

describe("the logs of a host that are kept beside it", () => {
  test("go to a group of its own, which is there before the host is told, for thirty days", () => {
    const stack = declared({ logs: {} });
    expect(only(stack, "aws_cloudwatch_log_group")).toMatchObject({ name: OWN.group, retention_in_days: 30 });
    expect(entries(stack)).toEqual([OWN, OWN, OWN]);
    const steps = Object.entries(stack.resource.terraform_data ?? {}).filter(([name]) => name.includes("_Deploy_"));
    expect(JSON.stringify(steps)).toMatch(/"aws_cloudwatch_log_group\.host_Logs_/);
  });

  test("go where it says, for as long as it says, encrypted by the key that it says", () => {
    const stack = declared({ logs: { group: "/shop/web", retentionDays: 365, kmsKey: KEY } });
    expect(only(stack, "aws_cloudwatch_log_group")).toMatchObject({
      name: "/shop/web",
      retention_in_days: 365,
      kms_key_id: KEY,
    });
    expect(entries(stack)[0]).toEqual({ group: "/shop/web", region: "eu-west-1" });
  });

  test("are written by a role that may do nothing else there, and whoever deploys may make this group alone", () => {
    const group = `arn:aws:logs:eu-west-1:111122223333:log-group:${OWN.group}`;
    const [host, deployer] = policies(declared({ logs: {} }));
    expect(host?.WriteLogs).toMatchObject({
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`${group}:*`],
    });
    expect(deployer?.LogGroup?.Resource).toEqual([group, `${group}:*`]);
    expect(deployer?.LogGroup?.Action).toEqual(expect.arrayContaining(["logs:CreateLogGroup", "logs:DeleteLogGroup"]));
  });

  test("are a reason to make services anew, and none to run a task again", () => {
    const [without, with_] = [specs(declared({})), specs(declared({ logs: {} }))];
    expect(with_?.migrate).toEqual(without?.migrate);
    expect(with_?.web).toEqual({ ...without?.web, logs: OWN });
  });

  test("leave no trace where they are not declared", () => {
    const stack = declared({});
    expect(entries(stack)).toEqual([undefined, undefined, undefined]);
    expect(stack.json).not.toMatch(/log_group|logs:/);
  });
});

test.each<[string, unknown, string]>([
  [
    "in a group that is none",
    { group: "my group" },
    "host: logs.group: log group must be 1 to 512 letters, digits and",
  ],
  ["in a group of AWS's own", { group: "aws/shop" }, "host: logs.group: log group must be"],
  [
    "for days that CloudWatch does not know",
    { retentionDays: 31 },
    "host: logs.retentionDays: retention must be a number of days that CloudWatch knows, got 31: write one of 1, 3, 5, 7, 14, 30, 60,",
  ],
  ["for ever", { retentionDays: 0 }, "host: logs.retentionDays: retention must be a number of days"],
  ["by a key that is none", { kmsKey: "alias/logs" }, "host: logs.kmsKey: KMS key must be given by its id"],
  ["in other words", { retention: 7 }, 'host: logs: NanoHost option must be known, got "retention": did you mean'],
  ["by a switch", true, "host: logs: logs must be an object, got true: write {}"],
])("logs are refused %s", (_, logs, problem) => {
  expect(refused(logs)).toContain(problem);
});

test("all that is wrong with them is said at once", () => {
  const said = refused({ group: "a b", retentionDays: 2 });
  expect(said).toContain("logs.group");
  expect(said).toContain("logs.retentionDays");
});
