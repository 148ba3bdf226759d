import type { PolicyStatement } from "./iam-policy.ts";

/** What a parameter needs that Terraform keeps. */
export const PARAMETER_ACTIONS = [
  "ssm:AddTagsToResource",
  "ssm:DeleteParameter",
  "ssm:GetParameter",
  "ssm:GetParameters",
  "ssm:ListTagsForResource",
  "ssm:PutParameter",
  "ssm:RemoveTagsFromResource",
] as const;

/** Terraform's provider reads a parameter's tier and description by listing, which knows no resource. */
export const PARAMETER_LISTING: PolicyStatement = {
  sid: "SsmDescribeParameters",
  actions: ["ssm:DescribeParameters"],
  resources: ["*"],
};
