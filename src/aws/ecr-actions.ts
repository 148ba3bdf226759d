/** What a pull from a repository needs. @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
export const ECR_PULL_ACTIONS = [
  "ecr:BatchCheckLayerAvailability",
  "ecr:BatchGetImage",
  "ecr:GetDownloadUrlForLayer",
] as const;

/** What a push needs on top of {@link ECR_PULL_ACTIONS}; ours looks first what the tags stand for. */
export const ECR_PUSH_ACTIONS = [
  "ecr:CompleteLayerUpload",
  "ecr:DescribeImages",
  "ecr:InitiateLayerUpload",
  "ecr:PutImage",
  "ecr:UploadLayerPart",
] as const;

/** What a login needs; it knows no resource. */
export const ECR_LOGIN_ACTIONS = ["ecr:GetAuthorizationToken"] as const;

/** What Terraform does to a repository of its own, and the destroy that says what it leaves. */
export const ECR_CARE_ACTIONS = [
  "ecr:CreateRepository",
  "ecr:DeleteLifecyclePolicy",
  "ecr:DeleteRepository",
  "ecr:DescribeRepositories",
  "ecr:GetLifecyclePolicy",
  "ecr:ListTagsForResource",
  "ecr:PutImageScanningConfiguration",
  "ecr:PutImageTagMutability",
  "ecr:PutLifecyclePolicy",
  "ecr:TagResource",
  "ecr:UntagResource",
] as const;

/** What the step needs that tells a host, to hold what the host serves in a repository and to let go of it. */
export const ECR_HOLD_ACTIONS = [
  "ecr:BatchDeleteImage",
  "ecr:BatchGetImage",
  "ecr:DescribeImages",
  "ecr:PutImage",
] as const;
