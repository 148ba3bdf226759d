import type { TerraformStack } from "cdktf";
import { AwsAccount, type AwsAccountProps, EcrRegistry } from "../../src/aws/index.ts";
import { synthesize } from "../synthesize.ts";

const PLACE = { account: "111122223333", region: "eu-west-1" };

function account(
  props: Partial<AwsAccountProps> = {},
  declare: (account: AwsAccount, stack: TerraformStack) => unknown = () => {},
) {
  return synthesize((stack) => void declare(new AwsAccount(stack, "aws", { ...PLACE, ...props }), stack));
}

describe("AwsAccount", () => {
  test("one provider block, which marks everything with the stack's name", () => {
    const stack = account({ tags: { team: "${shop}" } });
    expect(stack.provider.aws).toEqual([
      { region: "eu-west-1", default_tags: [{ tags: { "dev.slipway.stack": "stack", team: "$${shop}" } }] },
    ]);
    expect(stack.terraform.required_providers).toMatchObject({ aws: { version: ">= 5.100, < 7" } });
  });

  test("credentials of another account fail the plan with both numbers", () => {
    const [caller] = Object.values<{ lifecycle: { postcondition: unknown } }>(
      JSON.parse(account().json).data.aws_caller_identity,
    );
    expect(caller?.lifecycle.postcondition).toEqual([
      {
        condition: '${self.account_id == "111122223333"}',
        error_message:
          "the stack stack is declared for account 111122223333, but the credentials belong to account ${self.account_id}: take other credentials, or declare the other account",
      },
    ]);
  });

  test("deploys by a role and a profile, and tells the steps of an apply", () => {
    const assumeRole = "arn:aws:iam::111122223333:role/deploy";
    const stack = account({ assumeRole, profile: "shop" }, ({ deployerEnvironment }) => {
      expect(deployerEnvironment).toEqual({
        AWS_PROFILE: "shop",
        SLIPWAY_REGION: "eu-west-1",
        SLIPWAY_ROLE: assumeRole,
      });
    });
    expect(stack.provider.aws?.[0]).toMatchObject({
      assume_role: [{ role_arn: assumeRole, session_name: "slipway" }],
      profile: "shop",
    });
  });

  test.each([
    ["eu-west-1", "arn:aws:ssm:eu-west-1:111122223333:parameter/x", "amazonaws.com"],
    ["us-gov-east-1", "arn:aws-us-gov:ssm:us-gov-east-1:111122223333:parameter/x", "amazonaws.com"],
    ["cn-north-1", "arn:aws-cn:ssm:cn-north-1:111122223333:parameter/x", "amazonaws.com.cn"],
  ])("%s has its own ARNs and domain", (region, arn, domain) => {
    account({ region }, (aws) => expect([aws.arn("ssm", "parameter/x"), aws.domain]).toEqual([arn, domain]));
  });

  test("an ARN of IAM names no region", () => {
    account({}, (aws) => expect(aws.arn("iam", "role/x")).toBe("arn:aws:iam::111122223333:role/x"));
  });

  test("is found by what needs it, or made of what that says", () => {
    account({}, (_, stack) => {
      expect(new EcrRegistry(stack, "registry").address).toBe("111122223333.dkr.ecr.eu-west-1.amazonaws.com");
    });
    const stack = synthesize((scope) => {
      new EcrRegistry(scope, "one", PLACE);
      new EcrRegistry(scope, "two", PLACE);
    });
    expect(stack.provider.aws).toHaveLength(1);
  });

  test.each<[string, Partial<AwsAccountProps>, RegExp]>([
    ["an account that is none", { account: "1234" }, /stack\/aws: account: account must be 12 digits, got "1234"/],
    ["no account", { account: undefined }, /account must be 12 digits, got undefined/],
    ["a zone", { region: "eu-west-1a" }, /region must be the name of a region, got "eu-west-1a": use "eu-west-1"/],
    ["a role that is none", { assumeRole: "deploy" }, /assumeRole must be the ARN of a role, got "deploy"/],
    ["a profile that is none", { profile: "" }, /profile must be one word/],
  ])("refuses %s", (_, props, message) => expect(() => account(props)).toThrow(message));

  test("refuses several mistakes together, a second account, and to be missing", () => {
    expect(() => account({ account: "1", region: "x" })).toThrow(/account: .*\n.*region: /);
    expect(() => account({}, (_, stack) => new AwsAccount(stack, "other", PLACE))).toThrow(
      /stack\/other: account: the stack deploys to 111122223333 already, stack\/aws/,
    );
    expect(() => synthesize((stack) => void new EcrRegistry(stack, "registry"))).toThrow(
      /stack\/registry: account: is not known: declare new AwsAccount\(this, "aws", /,
    );
    expect(() => account({}, (_, stack) => new EcrRegistry(stack, "r", { region: "us-east-1" }))).toThrow(
      /stack\/r: region: is us-east-1, but the stack deploys to eu-west-1: /,
    );
  });
});
