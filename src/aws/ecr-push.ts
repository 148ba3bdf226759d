import { DataAwsEcrImage } from "@cdktf/provider-aws/lib/data-aws-ecr-image";
import { STREAMED } from "../docker/buildx-build.ts";
import { CONTENT_LABEL, DockerEngine } from "../docker/docker-engine.ts";
import type { ImagePush } from "../docker/image-push.ts";
import { stagedCopy } from "../terraform/staged-file.ts";
import { Step } from "../terraform/step.ts";
import type { AwsAccount } from "./aws-account.ts";
import { stagedPart, stagedScript } from "./staged-script.ts";

/** A repository as a push sees it. */
export interface EcrTarget {
  /** Whose credentials push. */
  readonly deployer: AwsAccount;
  /** The account of the registry. */
  readonly account: string;
  readonly repositoryName: string;
  /** Changes when the repository is another one under its name, so that its images are pushed again. */
  readonly repositoryId: string;
}

/**
 * A push that looks first. Why not the provider's: it forgets a push whenever it cannot read the registry, and ECR
 * refuses to take an immutable tag twice, even with the same image. Returns the digest that the content's tag stands
 * for, a reference.
 */
export function pushToEcr(target: EcrTarget, push: ImagePush): string {
  const { builtName } = push;
  const pushed = builtName === undefined ? push.dependsOn : [pushStep(target, push, builtName)];
  const read = new DataAwsEcrImage(push.scope, "Pushed", {
    registryId: target.account,
    repositoryName: target.repositoryName,
    imageTag: push.fixedTags[0] as string,
    dependsOn: pushed,
  });
  return read.imageDigest;
}

function pushStep({ deployer, account, repositoryName, repositoryId }: EcrTarget, push: ImagePush, builtName: string) {
  const { scope, contentId, fixedTags, mutableTags } = push;
  const script = stagedScript(scope, "ecr-push.sh");
  return new Step(scope, "Push", {
    command: script.command,
    triggers: { repository: repositoryId, content: contentId, tags: [...fixedTags, ...mutableTags] },
    environment: {
      ...deployer.deployerEnvironment,
      ...script.environment,
      SLIPWAY_ECR_TAGS: stagedPart(scope, "ecr-tags.sh"),
      SLIPWAY_STREAMED: stagedCopy(scope, STREAMED),
      SLIPWAY_ACCOUNT: account,
      SLIPWAY_REPOSITORY: repositoryName,
      SLIPWAY_BUILT: builtName,
      SLIPWAY_CONTENT: contentId,
      SLIPWAY_LABEL: CONTENT_LABEL,
      SLIPWAY_FIXED: fixedTags.join(" "),
      SLIPWAY_MUTABLE_TAGS: mutableTags.join(" "),
      ...(push.platform === undefined ? {} : { SLIPWAY_PLATFORM: push.platform.toString() }),
      ...DockerEngine.of(scope).environment,
    },
    dependsOn: push.dependsOn,
    // A repository cannot be there twice under its name.
    createBeforeDestroy: false,
  });
}
