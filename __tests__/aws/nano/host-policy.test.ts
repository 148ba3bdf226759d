import { TerraformVariable } from "cdktf";
import { EcrRepository, Secret } from "../../../src/aws/index.ts";
import { Backend } from "../../../src/hosts/backend.ts";
import { only } from "../../synthesize.ts";
import { DIGEST, nano, pulled } from "./nano-host-stack.ts";

/** `:live` and `:7` are read, too; AWS does not say that the bare name covers them. */
const HOLD = "arn:aws:ssm:eu-west-1:111122223333:parameter/slipway/stack/host/hold";
const RELEASES = ["", ":*"].map((of) => `arn:aws:ssm:eu-west-1:111122223333:parameter/slipway/stack/host/release${of}`);

describe("what a host may do", () => {
  const ARN = "arn:aws:ecr:eu-west-1:111122223333:repository/team/cats";
  const statements = (stack: ReturnType<typeof nano>) =>
    Object.fromEntries(
      JSON.parse(only(stack, "aws_iam_role_policy").policy as string).Statement.map(
        ({ Sid, Action, Resource, Condition }: Record<string, string[]>) => [
          Sid,
          { Action, Resource, ...(Condition ? { Condition } : {}) },
        ],
      ),
    );

  test("is to be managed and to read its own releases, as long as it runs nothing of ECR's", () => {
    const stack = nano((host, scope) => host.run("web", { image: pulled(scope), port: 80 }));
    expect(Object.keys(statements(stack))).toEqual([
      "HoldParameter",
      "ReleaseParameter",
      "RunCommandDocument",
      "SsmInstanceAssociations",
      "SsmInstanceMessages",
      "SsmManagedInstance",
      "SsmMessages",
    ]);
    expect(statements(stack).RunCommandDocument).toEqual({
      Action: ["ssm:DescribeDocument", "ssm:GetDocument"],
      Resource: ["arn:aws:ssm:eu-west-1:111122223333:document/slipway.stack.host-????????????-????????"],
    });
    expect(statements(stack).HoldParameter).toEqual({ Action: ["ssm:PutParameter"], Resource: [HOLD] });
    expect(statements(stack).ReleaseParameter).toEqual({
      Action: ["ssm:GetParameter", "ssm:LabelParameterVersion", "ssm:UnlabelParameterVersion"],
      Resource: RELEASES,
    });
    expect(stack.json).not.toContain("AmazonSSMManagedInstanceCore");
    expect(JSON.parse(only(stack, "aws_iam_role").assume_role_policy as string).Statement).toEqual([
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
    ]);
  });

  test("becomes a managed instance, and takes commands, by keys that an instance of the account was given only", () => {
    const instances = "arn:aws:ec2:eu-west-1:111122223333:instance/*";
    const Condition = { ArnLike: { "ec2:SourceInstanceARN": instances } };
    const stack = nano((host, scope) => host.run("web", { image: pulled(scope), port: 80 }));
    expect(statements(stack)).toMatchObject({
      SsmManagedInstance: { Action: ["ssm:UpdateInstanceInformation"], Resource: [instances], Condition },
      SsmInstanceMessages: {
        Action: ["ec2messages:GetMessages", "ec2messages:SendReply", "ssmmessages:CreateControlChannel"],
        Resource: ["*"],
        Condition,
      },
    });
    // AWS sets the key for no others of the agent's: a condition there would deny them.
    expect(statements(stack).SsmInstanceAssociations).toEqual({
      Action: ["ssm:ListInstanceAssociations"],
      Resource: [instances],
    });
    expect(statements(stack).SsmMessages).not.toHaveProperty("Condition");
  });

  test("is to pull what it runs and to read what its services need", () => {
    const stack = nano((host, scope) => {
      const repository = EcrRepository.fromArn(scope, "cats", ARN);
      const image = Object.assign(pulled(scope), { repository, reference: `${repository.uri}@${DIGEST}` });
      host.run("web", { image, port: 80, secrets: { A: Secret.fromParameter("/shop/a") } });
    });
    expect(statements(stack)).toMatchObject({
      EcrLogin: { Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
      EcrPull: { Resource: [ARN] },
      SsmGetParameter: { Resource: ["arn:aws:ssm:eu-west-1:111122223333:parameter/shop/a"] },
    });
    expect(stack.manifest.ecr).toEqual(["111122223333.dkr.ecr.eu-west-1.amazonaws.com"]);
    expect(stack.manifest.services[0]?.secrets).toEqual({ A: { from: "parameter", id: "/shop/a" } });
  });

  test("can be more: it is a role that a repository grants to", () => {
    nano((host, scope) => {
      EcrRepository.fromArn(scope, "cats", ARN).grantPush(host);
      expect(host.roleName).toMatch(/^\$\{TfToken\[/);
    });
  });
});

test("whoever deploys a host is told what that takes: its own role to EC2 only, and nothing of others taken away", () => {
  const zone = { id: "Z0123456789" };
  const topics = ["arn:aws:sns:eu-west-1:111122223333:alarms"];
  const stack = nano(
    (host, scope, account) => {
      host.serve("shop.example.com", { "/": Backend.fromAddress("10.0.0.5:80") });
      new TerraformVariable(scope, "policy", { default: account.deployerPolicy });
    },
    { zone, statusAlarm: { topics } },
  );
  const policy: { Sid: string; Action: string[] }[] = JSON.parse(
    JSON.parse(stack.json).variable.policy.default,
  ).Statement;
  const statements = Object.fromEntries(policy.map((each) => [each.Sid, each]));
  expect(statements).toMatchObject({
    IamPassHostRole: {
      Action: ["iam:PassRole"],
      Resource: ["arn:aws:iam::111122223333:role/slipway.stack.host.eu-west-1"],
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
    Ec2Delete: { Condition: { StringEquals: { "aws:ResourceTag/dev.slipway.stack": "stack" } } },
    RunCommand: {
      Action: ["ssm:SendCommand"],
      Resource: [
        "arn:aws:ec2:eu-west-1:111122223333:instance/*",
        "arn:aws:ssm:eu-west-1:111122223333:document/slipway.stack.host-????????????-????????",
      ],
    },
    Route53Records: { Resource: ["arn:aws:route53:::hostedzone/Z0123456789"] },
    CloudWatchAlarms: { Resource: ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:slipway.stack.host"] },
    ReleaseParameter: { Resource: [HOLD, ...RELEASES] },
  });
  expect(policy.flatMap(({ Action }) => Action).filter((action) => /(^|:)\*$/.test(action))).toEqual([]);
});
