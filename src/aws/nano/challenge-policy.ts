import type { AwsAccount } from "../aws-account.ts";
import type { PolicyStatement } from "../iam-policy.ts";

/** What a host shows by records, and where. */
export interface Challenges {
  /** The hosted zone's id. @default - it shows them by HTTP */
  readonly zone?: string;
  /** The names that it shows to be its own. */
  readonly names: readonly string[];
}

/**
 * What a host must be allowed to show an ACME server by records that names are its own: TXT records of
 * `_acme-challenge.NAME` and no others of the zone. Why to create and to delete, and never to replace: what another host
 * of the name has put there stays.
 *
 * @see https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
 */
export function challengeStatements({ partition }: AwsAccount, { zone, names }: Challenges): PolicyStatement[] {
  if (zone === undefined || names.length === 0) return [];
  const arn = (resource: string) => `arn:${partition}:route53:::${resource}`;
  const key = (of: string) => `route53:ChangeResourceRecordSets${of}`;
  return [
    {
      sid: "AcmeChallenges",
      actions: ["route53:ChangeResourceRecordSets"],
      resources: [arn(`hostedzone/${zone}`)],
      conditions: {
        "ForAllValues:StringEquals": {
          [key("NormalizedRecordNames")]: names.map((name) => `_acme-challenge.${name}`),
          [key("RecordTypes")]: ["TXT"],
          [key("Actions")]: ["CREATE", "DELETE"],
        },
      },
    },
    {
      sid: "AcmeChallengesThere",
      actions: ["route53:ListResourceRecordSets"],
      resources: [arn(`hostedzone/${zone}`)],
    },
    { sid: "AcmeChallengesSpread", actions: ["route53:GetChange"], resources: [arn("change/*")] },
  ];
}
