import { callAsks } from "../../src/rehearsal/authorization/call-asks.ts";
import { refusal, refusals, type Statement } from "../../src/rehearsal/authorization/policy.ts";
import { actionsOf, policyOutput, refusedBy } from "../../src/rehearsal/deployer-policy.ts";
import type { ApiCall } from "../../src/rehearsal/doubles/api-call.ts";
import { type MotoClient, MotoError } from "../../src/rehearsal/doubles/moto-client.ts";
import { XmlElement } from "../../src/rehearsal/doubles/xml-element.ts";

const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/a/release";
const ask = { action: "ssm:GetParameter", resource: arn, context: {} };
const allow = (Action: string | string[], Resource: string | string[], more: object = {}): Statement => ({
  ...{ Sid: "A", Effect: "Allow", Action, Resource },
  ...more,
});

describe("a caller's policies", () => {
  test.each<[string, Statement[], string | undefined]>([
    ["the action and the resource", [allow("ssm:GetParameter", arn)], undefined],
    ["the action in other letters", [allow("SSM:getparameter", arn)], undefined],
    ["a pattern of both", [allow(["ecr:*", "ssm:Get*"], ["arn:aws:ssm:*:*:parameter/a/*"])], undefined],
    ["a single unknown character", [allow("ssm:GetParamete?", arn)], undefined],
    ["another resource", [allow("ssm:GetParameter", `${arn}s`)], `nearest is A, which names ${arn}s`],
    ["a resource whose dot is no pattern", [allow("ssm:GetParameter", "arn./")], "nearest is A, which names arn./"],
    ["a longer action", [allow("ssm:GetParameters", arn)], "nearest is A, which names other actions"],
    ["nothing", [], "there is no statement"],
    ["it, and a denial", [allow("*", "*"), { ...allow("ssm:*", "*"), Sid: "B", Effect: "Deny" }], "B denies it"],
    [
      "it on a condition that nobody evaluates",
      [allow("*", "*", { Condition: { Bool: { "aws:x": "true" } } })],
      'nearest is A, which asks for Bool aws:x "true", which is not evaluated here',
    ],
  ])("that name %s", (_, statements, expected) => {
    expect(refusal(statements, ask)).toBe(expected && `ssm:GetParameter on ${arn}: ${expected}`);
  });

  const tagged = (team: string) => ({ Condition: { StringEquals: { "aws:ResourceTag/team": team } } });

  test.each<[string, object, Record<string, string>, string | undefined]>([
    ["the value", tagged("shop"), { "aws:ResourceTag/team": "shop" }, undefined],
    ["another value", tagged("shop"), { "aws:ResourceTag/team": "toys" }, 'got "toys"'],
    ["no value", tagged("shop"), {}, "got no such key"],
    ["a pattern where none is meant", tagged("s*"), { "aws:ResourceTag/team": "shop" }, 'got "shop"'],
    ["a pattern", { Condition: { ArnLike: { k: "arn:*:instance/*" } } }, { k: "arn:aws:instance/i-1" }, undefined],
    ["one of several", { Condition: { StringLike: { k: ["a*", "b*"] } } }, { k: "bc" }, undefined],
    [
      "one of two keys",
      { Condition: { StringEquals: { k: "1", l: "2" } } },
      { k: "1" },
      'asks for StringEquals l "2", got no such key',
    ],
  ])("ask for %s", (_, condition, context, expected) => {
    const why = refusal([allow("ssm:*", "*", condition)], { ...ask, context });
    if (expected === undefined) expect(why).toBeUndefined();
    else expect(why).toContain(expected);
  });

  test("that fail are told by the statement that comes nearest", () => {
    const statements = [
      allow("ec2:*", "*", { Sid: "Far" }),
      allow("ssm:GetParameter", "arn:aws:ssm:eu-west-1:123456789012:parameter/b", { Sid: "Near" }),
      allow("ssm:GetParameter", "arn:aws:ecr:*", { Sid: "Farther" }),
    ];
    expect(refusals(statements, [ask, ask])).toEqual([
      `ssm:GetParameter on ${arn}: nearest is Near, which names arn:aws:ssm:eu-west-1:123456789012:parameter/b`,
    ]);
  });

  test("that cannot be evaluated are an error, not a permission", () => {
    const statement = { Effect: "Allow", NotAction: "iam:*", Resource: "*" } as Statement;
    expect(() => refusal([statement], ask)).toThrow("NotAction");
  });
});

describe("what AWS asks about", () => {
  const tags = (id: string) => `<r><tagSet><item><key>team</key><value>of ${id}</value></item></tagSet></r>`;
  const moto = {
    query: async (_: string, action: string, fields: Record<string, string>) => {
      if (action === "DescribeTags") return XmlElement.parse(tags(fields["Filter.1.Value.1"] ?? ""));
      if (action === "GetInstanceProfile") return XmlElement.parse("<r><RoleName>host</RoleName></r>");
      return XmlElement.parse(
        action === "DescribeNetworkInterfaces"
          ? "<r><networkInterfaceSet><item><networkInterfaceId>eni-0000000d</networkInterfaceId><attachment><attachmentId>eni-attach-0000000e</attachmentId><instanceId>i-0000000f</instanceId></attachment></item></networkInterfaceSet></r>"
          : "<r><addressesSet><item><associationId>eipassoc-0000000c</associationId><allocationId>eipalloc-0000000a</allocationId><networkInterfaceId>eni-0000000b</networkInterfaceId></item></addressesSet></r>",
      );
    },
    json: async (_: string, action: string, { SecretId }: { SecretId: string }) => {
      if (SecretId === "gone") throw new MotoError(action, "ResourceNotFoundException", "");
      return { ARN: `arn:secret:${SecretId}-abcdef`, KmsKeyId: "arn:key" };
    },
  } as unknown as MotoClient;
  const asked = async (service: string, action: string, input: object = {}) => {
    const call = { service, action, input, region: "eu-west-1" } as ApiCall;
    const asks = await callAsks(call, "123456789012", moto);
    return asks.map(({ action: name, resource, context }) => {
      const keys = Object.entries(context).map(([key, value]) => ` ${key}=${value}`);
      return `${name} ${resource.replace("eu-west-1:123456789012:", "")}${keys.join("")}`;
    });
  };

  test.each<[string, string, object, string[]]>([
    ["ec2", "DescribeInstances", { "InstanceId.1": "i-0000000a" }, ["ec2:DescribeInstances *"]],
    [
      ...(["ec2", "TerminateInstances", { "InstanceId.1": "i-0000000a" }] as const),
      ["ec2:TerminateInstances arn:aws:ec2:instance/i-0000000a aws:ResourceTag/team=of i-0000000a"],
    ],
    [
      ...(["ec2", "DisassociateAddress", { AssociationId: "eipassoc-0000000c" }] as const),
      [
        "ec2:DisassociateAddress arn:aws:ec2:elastic-ip/eipalloc-0000000a aws:ResourceTag/team=of eipalloc-0000000a",
        "ec2:DisassociateAddress arn:aws:ec2:network-interface/eni-0000000b aws:ResourceTag/team=of eni-0000000b",
      ],
    ],
    [
      ...(["ec2", "DisassociateAddress", { AssociationId: "eipassoc-00000000" }] as const),
      [
        "ec2:DisassociateAddress arn:aws:ec2:elastic-ip/eipalloc-* aws:ResourceTag/team=of eipalloc-*",
        "ec2:DisassociateAddress arn:aws:ec2:network-interface/eni-* aws:ResourceTag/team=of eni-*",
      ],
    ],
    [
      ...(["ec2", "DetachNetworkInterface", { AttachmentId: "eni-attach-0000000e" }] as const),
      [
        "ec2:DetachNetworkInterface arn:aws:ec2:network-interface/eni-0000000d aws:ResourceTag/team=of eni-0000000d",
        "ec2:DetachNetworkInterface arn:aws:ec2:instance/i-0000000f aws:ResourceTag/team=of i-0000000f",
      ],
    ],
    [
      "ec2",
      "RunInstances",
      {
        ...{ ImageId: "ami-0000000a", "IamInstanceProfile.Name": "host" },
        ...{ "TagSpecification.1.ResourceType": "instance", "TagSpecification.1.Tag.1.Key": "team" },
        "TagSpecification.1.Tag.1.Value": "shop",
      },
      [
        "ec2:RunInstances arn:aws:ec2:eu-west-1::image/ami-0000000a aws:ResourceTag/team=of ami-0000000a",
        "ec2:RunInstances arn:aws:ec2:instance/* aws:RequestTag/team=shop",
        "ec2:RunInstances arn:aws:ec2:security-group/*",
        "ec2:RunInstances arn:aws:ec2:subnet/*",
        "ec2:RunInstances arn:aws:ec2:volume/*",
        "ec2:CreateTags arn:aws:ec2:instance/* ec2:CreateAction=RunInstances aws:RequestTag/team=shop",
        "iam:PassRole arn:aws:iam::123456789012:role/host iam:PassedToService=ec2.amazonaws.com",
      ],
    ],
    [
      ...(["iam", "AddRoleToInstanceProfile", { InstanceProfileName: "p", RoleName: "r" }] as const),
      [
        "iam:AddRoleToInstanceProfile arn:aws:iam::123456789012:instance-profile/p",
        "iam:PassRole arn:aws:iam::123456789012:role/r iam:PassedToService=ec2.amazonaws.com",
      ],
    ],
    ["iam", "PutRolePolicy", { RoleName: "r" }, ["iam:PutRolePolicy arn:aws:iam::123456789012:role/r"]],
    [
      ...(["ssm", "GetParameter", { Name: "/a/release:live" }] as const),
      ["ssm:GetParameter arn:aws:ssm:parameter/a/release", "ssm:GetParameter arn:aws:ssm:parameter/a/release:live"],
    ],
    [
      ...(["ssm", "GetParameter", { Name: "/aws/service/x" }] as const),
      ["ssm:GetParameter arn:aws:ssm:eu-west-1::parameter/aws/service/x"],
    ],
    [
      ...(["ssm", "SendCommand", { DocumentName: "d", InstanceIds: ["i-1"] }] as const),
      ["ssm:SendCommand arn:aws:ssm:document/d", "ssm:SendCommand arn:aws:ec2:instance/i-1"],
    ],
    [
      ...(["ssm", "AddTagsToResource", { ResourceType: "Document", ResourceId: "d" }] as const),
      ["ssm:AddTagsToResource arn:aws:ssm:document/d"],
    ],
    ["ssm", "GetCommandInvocation", { CommandId: "c" }, ["ssm:GetCommandInvocation *"]],
    [
      "ecr",
      "CreateRepository",
      { repositoryName: "shop/a", tags: [], encryptionConfiguration: { kmsKey: "1" } },
      [
        "ecr:CreateRepository arn:aws:ecr:repository/shop/a",
        "ecr:TagResource arn:aws:ecr:repository/shop/a",
        ...["CreateGrant", "DescribeKey", "RetireGrant"].map(
          (use) => `kms:${use} arn:aws:kms:key/1 kms:ViaService=ecr.eu-west-1.amazonaws.com`,
        ),
      ],
    ],
    [
      ...(["secretsmanager", "GetSecretValue", { SecretId: "shop/a" }] as const),
      ["secretsmanager:GetSecretValue arn:secret:shop/a-abcdef", "kms:Decrypt arn:key"],
    ],
    ["secretsmanager", "GetSecretValue", { SecretId: "gone" }, ["secretsmanager:GetSecretValue gone"]],
    [
      ...(["monitoring", "PutMetricAlarm", { AlarmName: "a" }] as const),
      ["cloudwatch:PutMetricAlarm arn:aws:cloudwatch:alarm:a"],
    ],
    [
      ...(["monitoring", "PutMetricData", { Namespace: "Slipway" }] as const),
      ["cloudwatch:PutMetricData * cloudwatch:namespace=Slipway"],
    ],
    [
      ...(["monitoring", "DescribeAlarms", { "AlarmNames.member.1": "a" }] as const),
      ["cloudwatch:DescribeAlarms arn:aws:cloudwatch:alarm:*"],
    ],
    [
      ...(["route53", "POST /2013-04-01/hostedzone/Z1/rrset/", {}] as const),
      ["route53:ChangeResourceRecordSets arn:aws:route53:::hostedzone/Z1"],
    ],
    ["route53", "GET /2013-04-01/change/C1", {}, ["route53:GetChange arn:aws:route53:::change/C1"]],
    ["sts", "GetCallerIdentity", {}, []],
    [
      ...(["logs", "CreateLogGroup", { logGroupName: "/a/b", tags: {}, kmsKeyId: "k" }] as const),
      ["CreateLogGroup", "AssociateKmsKey", "TagResource"].map(
        (action) => `logs:${action} arn:aws:logs:log-group:/a/b:*`,
      ),
    ],
    ["logs", "DescribeLogGroups", { logGroupNamePrefix: "/a" }, ["logs:DescribeLogGroups arn:aws:logs:log-group:*"]],
    ["logs", "ListTagsForResource", { resourceArn: "arn" }, ["logs:ListTagsForResource arn"]],
    ["events", "PutRule", {}, ["events:PutRule *"]],
  ])("%s %s %j", async (service, action, input, expected) => {
    expect(await asked(service, action, input)).toEqual(expected);
  });
});

describe("the policies for whoever deploys", () => {
  const policy = (...statements: object[]) => JSON.stringify({ Statement: statements });

  test("are held together against what a deploy did", () => {
    const asks = [ask, { ...ask, action: "ssm:PutParameter" }];
    expect(actionsOf([...asks, ask])).toEqual(["ssm:GetParameter", "ssm:PutParameter"]);
    const [reads, writes] = [policy(allow("ssm:Get*", arn)), policy(allow("ssm:Put*", arn))];
    expect(refusedBy([reads, writes], asks)).toEqual([]);
    expect(refusedBy([reads], asks)).toEqual([`ssm:PutParameter on ${arn}: nearest is A, which names other actions`]);
    expect(refusedBy([], [ask])).toEqual([`ssm:GetParameter on ${arn}: there is no statement`]);
  });

  test("are the output that says so", () => {
    expect(policyOutput({ url: "http://x", deployer_policy: policy() })).toEqual([policy()]);
    expect(policyOutput({ "deployer-policies": [policy(), policy()] })).toEqual([policy(), policy()]);
    expect(policyOutput({ url: policy(), deployer: "somebody" })).toBeUndefined();
    expect(policyOutput({ deployer: [] })).toBeUndefined();
  });
});
