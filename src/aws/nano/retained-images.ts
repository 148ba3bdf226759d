import { createHash } from "node:crypto";
import type { Construct } from "constructs";
import type { IImage } from "../../docker/image.ts";
import { lateText } from "../../terraform/late.ts";
import { perStack } from "../../terraform/per-stack.ts";
import type { AwsAccount } from "../aws-account.ts";
import { ECR_HOLD_ACTIONS } from "../ecr-actions.ts";
import { HELD_TAG } from "../lifecycle-policy.ts";
import { stagedPart } from "../staged-script.ts";
import { ecrPullOf } from "./pullable-image.ts";

const DIGEST_LENGTH = 12;
const LONGEST_NAME = 48;

/** The repositories in ECR from which the stack's hosts pull. */
const repositoriesOf = perStack(() => new Set<string>());

/**
 * What the tags begin with by which the registry knows what a host serves; no two hosts have the same. Why with a digest:
 * a path may be longer than a tag, and hosts of another account or region may have the same and share a repository.
 */
export function hostTag(host: string, { account, region }: Pick<AwsAccount, "account" | "region">): string {
  const name = host.replace(/[^A-Za-z0-9]+/g, "-").slice(0, LONGEST_NAME);
  const digest = createHash("sha256")
    .update(JSON.stringify([account, region, host]))
    .digest("hex");
  return `${HELD_TAG}${name}-${digest.slice(0, DIGEST_LENGTH)}`;
}

/**
 * A host's images in ECR, which the step that tells the host holds there by tags, so that no lifecycle rule expires what
 * it serves or may go back to.
 */
export class RetainedImages {
  private readonly references = new Set<string>();

  constructor(
    private readonly scope: Construct,
    private readonly account: AwsAccount,
  ) {}

  /** Holds `image` where it is in ECR. */
  add(image: IImage): void {
    const pull = ecrPullOf(image);
    if (!pull) return;
    this.references.add(image.reference);
    repositoriesOf(this.scope).add(image.repository.uri);
    this.account.addDeployerStatements({
      sid: "EcrHoldImages",
      actions: ECR_HOLD_ACTIONS,
      resources: [pull.repositoryArn],
    });
  }

  /** What the step's script needs; `scope` is where its files are staged. */
  environment(scope: Construct): Record<string, string> {
    return {
      SLIPWAY_ECR_TAGS: stagedPart(scope, "ecr-tags.sh"),
      SLIPWAY_RELEASE_TAGS: stagedPart(scope, "nano/release-tags.sh"),
      SLIPWAY_RELEASE_WINDOW: stagedPart(scope, "nano/release-window.awk"),
      SLIPWAY_ACCOUNT: this.account.account,
      SLIPWAY_HOST_TAG: hostTag(this.scope.node.path, this.account),
      SLIPWAY_IMAGES: lateText(() => [...this.references].join(" ")),
      SLIPWAY_REPOSITORIES: lateText(() => [...repositoriesOf(this.scope)].sort().join(" ")),
    };
  }
}
