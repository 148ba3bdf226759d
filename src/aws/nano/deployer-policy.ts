import { STACK_LABEL } from "../../docker/docker-engine.ts";
import type { AwsAccount } from "../aws-account.ts";
import type { PolicyStatement } from "../iam-policy.ts";
import type { DataVolumeOptions } from "./data-volume-options.ts";

/** What the deployer of a host must be allowed in EC2. What is taken away must bear the stack's name. */
export function hostDeployerStatements(account: AwsAccount, stack: string): PolicyStatement[] {
  const own = [account.arn("ec2", "*")];
  return [
    { sid: "Ec2Describe", actions: ["ec2:Describe*"], resources: ["*"] },
    {
      sid: "Ec2Manage",
      actions: [
        "ec2:AllocateAddress",
        "ec2:AssociateAddress",
        "ec2:AttachNetworkInterface",
        "ec2:AuthorizeSecurityGroupEgress",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateNetworkInterface",
        "ec2:CreateSecurityGroup",
        "ec2:CreateTags",
        "ec2:DetachNetworkInterface",
        "ec2:DisassociateAddress",
        "ec2:ModifyInstanceAttribute",
        "ec2:ModifyInstanceCreditSpecification",
        "ec2:ModifyInstanceMetadataOptions",
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:ModifySecurityGroupRules",
        "ec2:ModifyVolume",
        "ec2:MonitorInstances",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
        "ec2:RunInstances",
        "ec2:UnmonitorInstances",
      ],
      resources: own,
    },
    {
      sid: "Ec2RunImages",
      actions: ["ec2:RunInstances"],
      resources: [`arn:${account.partition}:ec2:${account.region}::image/*`],
    },
    {
      sid: "UbuntuImageParameters",
      actions: ["ssm:GetParameter"],
      resources: [`arn:${account.partition}:ssm:${account.region}::parameter/aws/service/canonical/*`],
    },
    {
      sid: "Ec2Delete",
      actions: [
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteSecurityGroup",
        "ec2:DeleteTags",
        "ec2:ReleaseAddress",
        "ec2:StartInstances",
        "ec2:StopInstances",
        "ec2:TerminateInstances",
      ],
      resources: own,
      conditions: { StringEquals: { [`aws:ResourceTag/${STACK_LABEL}`]: stack } },
    },
  ];
}

/**
 * What the deployer of a host with a data volume must be allowed beside that: to make it and to attach it. Why not to
 * delete it: a declaration that is taken away plans its end, and data is not to end by a plan.
 *
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
 */
export function dataVolumeDeployerStatements(
  account: AwsAccount,
  stack: string,
  { snapshotId, kmsKey }: Pick<DataVolumeOptions, "snapshotId" | "kmsKey">,
): PolicyStatement[] {
  const viaEc2 = { "kms:ViaService": `ec2.${account.region}.${account.domain}` };
  return [
    {
      sid: "Ec2CreateDataVolume",
      actions: ["ec2:CreateVolume"],
      resources: [account.arn("ec2", "volume/*")],
      conditions: { StringEquals: { [`aws:RequestTag/${STACK_LABEL}`]: stack } },
    },
    {
      sid: "Ec2AttachDataVolume",
      actions: ["ec2:AttachVolume", "ec2:DetachVolume"],
      resources: [account.arn("ec2", "instance/*"), account.arn("ec2", "volume/*")],
      conditions: { StringEquals: { [`aws:ResourceTag/${STACK_LABEL}`]: stack } },
    },
    ...(snapshotId === undefined
      ? []
      : [
          {
            sid: "Ec2RestoreDataVolume",
            actions: ["ec2:CreateVolume"],
            resources: [`arn:${account.partition}:ec2:${account.region}::snapshot/${snapshotId}`],
          },
        ]),
    ...(kmsKey === undefined
      ? []
      : [
          {
            sid: "KmsDataVolume",
            actions: DATA_KEY_ACTIONS,
            resources: [kmsKey],
            conditions: { StringEquals: viaEc2 },
          },
        ]),
  ];
}

const DATA_KEY_ACTIONS = [
  "kms:CreateGrant",
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
] as const;

/** What the deployer of a host must be allowed in the zone of its names. */
export function zoneDeployerStatements(account: AwsAccount, zoneId: string): PolicyStatement[] {
  const arn = (resource: string) => `arn:${account.partition}:route53:::${resource}`;
  return [
    {
      sid: "Route53Records",
      actions: ["route53:ChangeResourceRecordSets", "route53:GetHostedZone", "route53:ListResourceRecordSets"],
      resources: [arn(`hostedzone/${zoneId}`)],
    },
    { sid: "Route53Changes", actions: ["route53:GetChange"], resources: [arn("change/*")] },
  ];
}
