import { InvalidValueError } from "../values/invalid-value-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";

/** What a registry may forget, by intent. */
export interface LifecycleIntent {
  /** How many of the newest releases stay, whatever their age. @default 20 */
  readonly keepReleases?: number;
  /** Days after which an image that no tag names goes. @default 7 */
  readonly expireUntaggedAfterDays?: number;
}

const MOST = 10_000;
/** What the tag begins with that every release has, and has once: the one of its content. */
const RELEASE_TAG = "sha-";

/** What the tags begin with by which a registry knows what a host serves, or may go back to. */
export const HELD_TAG = "release-";
/** The number of AWS's own examples for a rule that is to protect; a repository that has so many has other troubles. */
const NEVER_REACHED = 9_999;

/**
 * The text of an ECR lifecycle policy: what a host holds stays, untagged images go after some days, releases when there
 * are more than those to keep. Why releases are counted by their content's tag: an untagged image must not push a release
 * out, and a release with three version tags is one; what goes takes all of its tags along. Why the first rule, which
 * expires nothing: ECR counts by the time of the push, to which a revert is old, and what matches a rule is out of reach
 * of those behind it.
 *
 * @throws InvalidValueError for a number out of range
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export function lifecyclePolicy(intent: LifecycleIntent = {}): string {
  refuseUnknownOptions("lifecycle", intent, { keepReleases: true, expireUntaggedAfterDays: true });
  const releases = whole("releases to keep", intent.keepReleases ?? 20);
  const days = whole("days of untagged images", intent.expireUntaggedAfterDays ?? 7);
  const policy = {
    rules: [
      {
        rulePriority: 1,
        description: "what a host serves or may go back to stays",
        selection: {
          tagStatus: "tagged",
          tagPrefixList: [HELD_TAG],
          countType: "imageCountMoreThan",
          countNumber: NEVER_REACHED,
        },
        action: { type: "expire" },
      },
      {
        rulePriority: 2,
        description: `untagged images go after ${days} days`,
        selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
        action: { type: "expire" },
      },
      {
        rulePriority: 3,
        description: `the newest ${releases} releases stay`,
        selection: {
          tagStatus: "tagged",
          tagPrefixList: [RELEASE_TAG],
          countType: "imageCountMoreThan",
          countNumber: releases,
        },
        action: { type: "expire" },
      },
    ],
  };
  return JSON.stringify(policy);
}

function whole(subject: string, got: number): number {
  if (Number.isInteger(got) && got >= 1 && got <= MOST) return got;
  throw new InvalidValueError({ subject, rule: `must be a whole number from 1 to ${MOST}`, got });
}
