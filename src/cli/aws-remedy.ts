/** What AWS refuses by a name of its own, and what to do about it; the provider passes on the name and no more. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /\bInsufficientInstanceCapacity\b/,
    'AWS has no such instance left in this zone now: declare another by availabilityZone ("eu-west-1b"), or another instanceType, or apply again later',
  ],
  [
    /\bAddressLimitExceeded\b/,
    "the account has as many Elastic IPs in this region as it may: release one that nobody uses (aws ec2 describe-addresses), give the host one that is there by elasticIp, or ask for more under Service Quotas, EC2-VPC Elastic IPs",
  ],
  [
    /\b(?:VcpuLimitExceeded|InstanceLimitExceeded)\b/,
    "the account runs as many instances in this region as it may: ask for more under Service Quotas, Running On-Demand Standard instances",
  ],
  [
    /\bParameterMaxVersionLimitExceeded\b/,
    "none of the last 99 releases served, and AWS keeps 100 versions: do not move the label live by hand, which names what the host serves; make the parameter anew while the host serves on (terraform apply -replace=ADDRESS, the address is above)",
  ],
  [
    /\baws_ebs_volume\b[\s\S]*\bprevent_destroy\b/,
    "a data volume is not taken away by a plan: let Terraform forget it first (terraform state rm ADDRESS, the address is above), and delete it yourself if you mean to; docs/data-volume.md",
  ],
  [
    /\bVolumeModificationRateExceeded\b/,
    "AWS changes a volume again no sooner than six hours after the last time: apply again then",
  ],
  [
    /(?:api error |An error occurred \()(?:UnauthorizedOperation|AccessDenied)/,
    "whoever deploys may not do this: give them the policies of AwsAccount.deployerPolicies as this version of the stack has them",
  ],
  [/\b(?:Throttling(?:Exception)?|RequestLimitExceeded)\b/, "AWS is busy with this account: apply again"],
];

/** What to do about a failure that AWS has a name for; `undefined` where its words say it. */
export function awsRemedy(failure: string): string | undefined {
  return REMEDIES.find(([name]) => name.test(failure))?.[1];
}
