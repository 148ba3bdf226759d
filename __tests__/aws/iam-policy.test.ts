import { iamPolicy, type PolicyStatement, trustPolicy } from "../../src/aws/iam-policy.ts";

const PULL: PolicyStatement = {
  sid: "Pull",
  actions: ["ecr:BatchGetImage", "ecr:BatchCheckLayerAvailability"],
  resources: ["arn:aws:ecr:eu-west-1:123456789012:repository/b"],
};

test("allows what its statements say, sorted, whatever their order", () => {
  const login: PolicyStatement = { sid: "EcrLogin", actions: ["ecr:GetAuthorizationToken"], resources: ["*"] };
  expect(iamPolicy([PULL, login])).toBe(iamPolicy([login, PULL]));
  expect(iamPolicy([PULL, login])).toBe(
    '{"Version":"2012-10-17","Statement":[' +
      '{"Sid":"EcrLogin","Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":["*"]},' +
      '{"Sid":"Pull","Effect":"Allow","Action":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage"],' +
      '"Resource":["arn:aws:ecr:eu-west-1:123456789012:repository/b"]}]}',
  );
});

test("statements of one name are one, with the resources of both", () => {
  const other = { ...PULL, resources: ["arn:aws:ecr:eu-west-1:123456789012:repository/a"] };
  expect(JSON.parse(iamPolicy([PULL, other, PULL])).Statement).toEqual([
    {
      Sid: "Pull",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage"],
      Resource: [...other.resources, ...PULL.resources],
    },
  ]);
});

test("conditions stand as they are", () => {
  const conditions = { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } };
  const [statement] = JSON.parse(
    iamPolicy([{ sid: "A", actions: ["iam:PassRole"], resources: ["*"], conditions }]),
  ).Statement;
  expect(statement.Condition).toEqual(conditions);
});

test.each<[string, PolicyStatement[], RegExp]>([
  ["everything", [{ ...PULL, actions: ["*"] }], /action of Pull must name an action of a service, got "\*"/],
  ["a whole service", [{ ...PULL, actions: ["iam:*"] }], /got "iam:\*"/],
  ["no action", [{ ...PULL, actions: [] }], /statement Pull must name actions and resources, got "0 and 1"/],
  ["no resource", [{ ...PULL, resources: [] }], /got "2 and 0"/],
  ["a name that is none", [{ ...PULL, sid: "pull-it" }], /statement name must be letters and digits, got "pull-it"/],
  ["one name for two meanings", [PULL, { ...PULL, actions: ["ecr:PutImage"] }], /must stand for one set of actions/],
])("refuses %s", (_, statements, message) => expect(() => iamPolicy(statements)).toThrow(message));

test("trusts one service", () => {
  expect(trustPolicy("ec2.amazonaws.com")).toBe(
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}',
  );
});
