import { acmAsks, elbAsks } from "../../src/rehearsal/authorization/elb-asks.ts";

const PLACE = { account: "123456789012", region: "eu-west-1" };
const ELB = "arn:aws:elasticloadbalancing:eu-west-1:123456789012";
const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1";

test.each([
  ["DescribeLoadBalancers", { "Names.member.1": "shop" }, ["DescribeLoadBalancers *"]],
  ["CreateLoadBalancer", { Name: "shop" }, [`CreateLoadBalancer ${ELB}:loadbalancer/app/shop/new`]],
  [
    "CreateTargetGroup",
    { Name: "shop", "Tags.member.1.Key": "Name" },
    [`CreateTargetGroup ${ELB}:targetgroup/shop/new`, `AddTags ${ELB}:targetgroup/shop/new`],
  ],
  [
    "CreateListener",
    { LoadBalancerArn: `${ELB}:loadbalancer/app/shop/1`, "Tags.member.1.Key": "Name" },
    [`CreateListener ${ELB}:loadbalancer/app/shop/1`, `AddTags ${ELB}:listener/app/shop/1/new`],
  ],
  [
    "CreateRule",
    { ListenerArn: `${ELB}:listener/app/shop/1/2`, "Tags.member.1.Key": "Name" },
    [`CreateRule ${ELB}:listener/app/shop/1/2`, `AddTags ${ELB}:listener-rule/app/shop/1/2/new`],
  ],
  ["RegisterTargets", { TargetGroupArn: `${ELB}:targetgroup/shop/3` }, [`RegisterTargets ${ELB}:targetgroup/shop/3`]],
  [
    "DeleteRule",
    { RuleArn: `${ELB}:listener-rule/app/shop/1/2/4` },
    [`DeleteRule ${ELB}:listener-rule/app/shop/1/2/4`],
  ],
])("%s of a load balancer is asked about what it is of", (action, input, asked) => {
  const asks = elbAsks({ action, input }, PLACE);
  expect(asks.map(({ action: name, resource }) => `${name} ${resource}`)).toEqual(
    asked.map((each) => `elasticloadbalancing:${each}`),
  );
});

test("a certificate is asked about by its ARN, which one that is requested does not have", () => {
  const asked = (action: string, input: object) =>
    acmAsks({ action, input: { ...input } }, PLACE).map(({ action: name, resource }) => `${name} ${resource}`);
  expect(asked("RequestCertificate", {})).toEqual(["acm:RequestCertificate *"]);
  expect(asked("RequestCertificate", { Tags: [{ Key: "Name" }] })).toHaveLength(2);
  expect(asked("DeleteCertificate", { CertificateArn: CERTIFICATE })).toEqual([`acm:DeleteCertificate ${CERTIFICATE}`]);
});
