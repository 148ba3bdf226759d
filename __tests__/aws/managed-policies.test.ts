import { TerraformOutput } from "cdktf";
import type { PolicyStatement } from "../../src/aws/iam-policy.ts";
import { AwsAccount, EcrRegistry, NanoHost } from "../../src/aws/index.ts";
import { MANAGED_POLICY_LIMIT, managedPolicies, policySize } from "../../src/aws/managed-policies.ts";
import { Backend } from "../../src/hosts/backend.ts";
import { synthesize } from "../synthesize.ts";

interface Statement {
  readonly Sid: string;
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: object;
}

const read = (texts: readonly string[]): Statement[] => texts.flatMap((text) => JSON.parse(text).Statement);
const statement = (sid: string, count: number): PolicyStatement => ({
  ...{ sid, actions: ["ssm:GetParameter"] },
  resources: Array.from({ length: count }, (_, at) => `arn:aws:ssm:eu-west-1:111122223333:parameter/${sid}/${at}`),
});

test("are one policy as long as that fits", () => {
  expect(managedPolicies([statement("B", 3), statement("A", 2)])).toHaveLength(1);
  expect(managedPolicies([])).toEqual([]);
});

test("are cut where one is full, and say the same together", () => {
  const statements = ["A", "B", "C", "D"].map((sid) => statement(sid, 50));
  const texts = managedPolicies(statements);
  expect(texts.length).toBe(2);
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
  const told = read(texts).map(({ Sid }) => Sid);
  expect(told).toEqual(["A", "B", "C", "D"]);
});

test("cut a statement that is too long alone, under names that differ", () => {
  const texts = managedPolicies([statement("A", 300)]);
  const told = read(texts);
  expect(told.map(({ Sid }) => Sid)).toEqual(["A", "A2", "A3"]);
  expect(told.flatMap(({ Resource }) => Resource).sort()).toEqual([...statement("A", 300).resources].sort());
  for (const text of texts) expect(text.length).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
  const monster = { ...statement("A", 1), resources: [`arn:${"x".repeat(MANAGED_POLICY_LIMIT)}`] };
  expect(() => managedPolicies([monster])).toThrow(/statement A must fit into 6144 characters with one resource/);
});

test("count no white space, and references as long as they may become", () => {
  expect(policySize('{ "a":\n"b" }')).toBe('{"a":"b"}'.length);
  expect(policySize('"${TfToken[TOKEN.1]}"')).toBeGreaterThan(100);
});

describe("of a stack", () => {
  const zone = { id: "Z0123456789ABCDEFGHIJ" };
  const statusAlarm = { topics: ["arn:aws:sns:eu-west-1:111122223333:alarms"] };
  const stack = (hosts: number, output: (account: AwsAccount) => string | string[]) => {
    const { json } = synthesize((scope) => {
      const account = new AwsAccount(scope, "aws", { account: "111122223333", region: "ap-southeast-2" });
      const registry = new EcrRegistry(scope, "registry");
      for (let at = 0; at < hosts; at += 1) {
        const host = new NanoHost(scope, `host-number-${at}`, { zone, statusAlarm });
        host.serve(`shop${at}.example.com`, { "/": Backend.fromAddress("10.0.0.5:80") });
        registry.repository(`shop/service-${at}`);
      }
      new TerraformOutput(scope, "deployer", { value: output(account) });
    });
    return JSON.parse(json).output.deployer.value;
  };

  test("with ten hosts are several, each as long as IAM takes it, and allow what they name together", () => {
    const texts: string[] = stack(10, (account) => account.deployerPolicies);
    expect(texts.length).toBe(3);
    for (const text of texts) expect(text.replace(/\s/g, "").length).toBeLessThanOrEqual(6144);
    const passed = read(texts).filter(({ Action }) => Action.includes("iam:PassRole"));
    expect(passed.flatMap(({ Resource }) => Resource)).toHaveLength(10);
    expect(passed[0]?.Condition).toBeDefined();
  });

  test("with one host is one, the same text", () => {
    const text = stack(1, (account) => account.deployerPolicy);
    expect(stack(1, (account) => account.deployerPolicies)).toEqual([text]);
    expect(policySize(text)).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
  });

  test("is refused as one text where that is too long, and the list is named", () => {
    expect(() => stack(10, (account) => account.deployerPolicy)).toThrow(
      /stack\/aws: deployerPolicy: policy for whoever deploys must be at most 6144 characters, .* got "1\d{4} characters": take deployerPolicies/,
    );
  });
});
