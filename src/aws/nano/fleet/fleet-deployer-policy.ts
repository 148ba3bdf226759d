import type { AwsAccount } from "../../aws-account.ts";
import type { PolicyStatement } from "../../iam-policy.ts";

/** What the deployer must be allowed for the health checks of hosts; AWS names them only when they are there. */
export function healthCheckDeployerStatements({ partition }: AwsAccount): PolicyStatement[] {
  return [
    { sid: "Route53NewHealthChecks", actions: ["route53:CreateHealthCheck"], resources: ["*"] },
    {
      sid: "Route53HealthChecks",
      actions: [
        "route53:ChangeTagsForResource",
        "route53:DeleteHealthCheck",
        "route53:GetHealthCheck",
        "route53:ListTagsForResource",
        "route53:UpdateHealthCheck",
      ],
      resources: [`arn:${partition}:route53:::healthcheck/*`],
    },
  ];
}

/** What the deployer must be allowed for the load balancer that is called `name`, and for the certificates of its names. */
export function balancerDeployerStatements(account: AwsAccount, name: string): PolicyStatement[] {
  const own = (kind: string) => account.arn("elasticloadbalancing", `${kind}/${name}/*`);
  const app = (kind: string) => account.arn("elasticloadbalancing", `${kind}/app/${name}/*`);
  return [
    { sid: "ElbDescribe", actions: ["elasticloadbalancing:Describe*"], resources: ["*"] },
    {
      sid: "ElbManage",
      actions: ELB_ACTIONS.map((action) => `elasticloadbalancing:${action}`),
      resources: [app("loadbalancer"), app("listener"), app("listener-rule"), own("targetgroup")],
    },
    {
      // the first load balancer of an account makes the role by which AWS cares for it
      sid: "ElbFirst",
      actions: ["iam:CreateServiceLinkedRole"],
      resources: ["*"],
      conditions: { StringEquals: { "iam:AWSServiceName": `elasticloadbalancing.${account.domain}` } },
    },
    { sid: "AcmRequest", actions: ["acm:RequestCertificate"], resources: ["*"] },
    {
      sid: "AcmManage",
      actions: [
        "acm:AddTagsToCertificate",
        "acm:DeleteCertificate",
        "acm:DescribeCertificate",
        "acm:ListTagsForCertificate",
        "acm:RemoveTagsFromCertificate",
      ],
      resources: [account.arn("acm", "certificate/*")],
    },
  ];
}

const ELB_ACTIONS = [
  "AddListenerCertificates",
  "AddTags",
  "CreateListener",
  "CreateLoadBalancer",
  "CreateRule",
  "CreateTargetGroup",
  "DeleteListener",
  "DeleteLoadBalancer",
  "DeleteRule",
  "DeleteTargetGroup",
  "DeregisterTargets",
  "ModifyListener",
  "ModifyListenerAttributes",
  "ModifyLoadBalancerAttributes",
  "ModifyRule",
  "ModifyTargetGroup",
  "ModifyTargetGroupAttributes",
  "RegisterTargets",
  "RemoveListenerCertificates",
  "RemoveTags",
  "SetSecurityGroups",
  "SetSubnets",
] as const;
