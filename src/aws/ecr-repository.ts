import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository as AwsEcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { type ITerraformDependable, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { ImagePush } from "../docker/image-push.ts";
import { type LifecycleIntent, lifecyclePolicy } from "../documents/lifecycle-policy.ts";
import { all, at, ConstructError } from "../terraform/construct-error.ts";
import { literal } from "../terraform/literal.ts";
import { withoutCreationStack } from "../terraform/template-text.ts";
import { ECR_CARE_ACTIONS, ECR_LOGIN_ACTIONS, ECR_PULL_ACTIONS, ECR_PUSH_ACTIONS } from "./ecr-actions.ts";
import { EcrFarewell } from "./ecr-farewell.ts";
import { type EcrPlace, GrantingRepository, type IEcrRepository } from "./granting-repository.ts";
import { importedByArn, importedByName } from "./imported-repository.ts";
import { checkMovingTags, isMoving } from "./moving-tags.ts";

/** How a repository keeps its images. */
export interface EcrRepositoryOptions {
  /** What the repository may forget; `false` keeps everything. @default - the last 20 releases, untagged images 7 days */
  readonly lifecycle?: LifecycleIntent | false;
  /**
   * The only tags that may be pushed a second time, `*` for any characters, e.g. `["latest", "1.*"]`: all others stay
   * what they are, because a version that changes under its name is no version. Needs hashicorp/aws 6.25 or newer.
   * @default - no tag moves
   */
  readonly movingTags?: readonly string[];
  /** Looks each pushed image over for known vulnerabilities. @default true */
  readonly scanOnPush?: boolean;
  /**
   * Encryption at rest: by KMS with the account's own key for ECR, by KMS with the key of that ARN, or by S3. It is
   * decided once: another choice later is another repository.
   * @default "kms"
   */
  readonly encryption?: "kms" | "aes256" | { readonly kmsKeyArn: string };
  /**
   * Whether a destroy deletes the repository with the images in it.
   * @default false, a destroy then says what is in it, and fails for it until it is empty
   */
  readonly deleteWithImages?: boolean;
}

/** What an {@link EcrRepository} takes. */
export interface EcrRepositoryProps extends EcrRepositoryOptions {
  readonly registry: EcrPlace;
  /** The repository's name, e.g. `team/netflix-movie-catalog`; a literal. */
  readonly name: string;
}

/** The provider that knows repositories some of whose tags move. */
const MOVING_TAGS_SINCE = ">= 6.25, < 7";

/**
 * A repository in ECR: immutable tags, scanned and encrypted, forgetting by intent. Terraform deletes no digest in it,
 * because something may run it; the lifecycle rules do.
 */
export class EcrRepository extends GrantingRepository {
  /** A repository that exists already, by its name in `registry`. */
  static fromName(scope: Construct, id: string, registry: EcrPlace, name: string): IEcrRepository {
    return importedByName(scope, id, registry, name);
  }

  /** A repository that exists already, of this account or of another that lets this one in. */
  static fromArn(scope: Construct, id: string, arn: string): IEcrRepository {
    return importedByArn(scope, id, arn);
  }

  readonly ready: ITerraformDependable[];
  protected readonly repositoryId: string;
  private readonly movingTags: readonly string[];

  /** @throws {ConstructError} for a name or moving tag that ECR refuses, or a lifecycle out of range */
  constructor(scope: Construct, id: string, props: EcrRepositoryProps) {
    super(scope, id, props.registry, props.name);
    let policy: string | undefined;
    const { lifecycle = {}, movingTags = [] } = props;
    all([
      () => {
        if (lifecycle !== false) policy = at(this, "lifecycle", () => lifecyclePolicy(lifecycle));
      },
      () => at(this, "movingTags", () => checkMovingTags(literal(this, "movingTags", movingTags))),
    ]);
    this.movingTags = movingTags;
    const { repositoryId, ready } = withoutCreationStack(() => this.declare(props, policy));
    this.repositoryId = repositoryId;
    this.ready = ready;
    this.tellNeeds();
  }

  /** @throws {ConstructError} when a tag would move that the repository keeps where it is */
  override push(push: ImagePush): string {
    const kept = push.movingTags.filter((tag) => !isMoving(this.movingTags, tag));
    if (kept.length > 0) {
      throw new ConstructError(
        push.scope,
        "released",
        `moves ${kept.join(", ")}, but ${this.path} keeps its tags: leave released out, or name them in the repository's movingTags`,
      );
    }
    return super.push(push);
  }

  private declare(props: EcrRepositoryProps, policy: string | undefined) {
    const { movingTags = [], encryption = "kms", deleteWithImages = false } = props;
    const moves = movingTags.length > 0;
    const repository = new AwsEcrRepository(this, "Resource", {
      name: this.path,
      imageTagMutability: moves ? "IMMUTABLE_WITH_EXCLUSION" : "IMMUTABLE",
      imageTagMutabilityExclusionFilter: moves
        ? movingTags.map((filter) => ({ filter, filterType: "WILDCARD" }))
        : undefined,
      imageScanningConfiguration: { scanOnPush: props.scanOnPush ?? true },
      encryptionConfiguration: [
        encryption === "aes256"
          ? { encryptionType: "AES256" }
          : { encryptionType: "KMS", kmsKey: encryption === "kms" ? undefined : encryption.kmsKeyArn },
      ],
      forceDelete: deleteWithImages,
    });
    if (moves) TerraformStack.of(this).addOverride("terraform.required_providers.aws.version", MOVING_TAGS_SINCE);
    if (policy) new EcrLifecyclePolicy(this, "Lifecycle", { repository: repository.name, policy });
    if (!deleteWithImages) {
      const { account: deployer } = this;
      new EcrFarewell(this, "Farewell", { deployer, repositoryName: this.path, dependsOn: [repository] });
    }
    return { repositoryId: repository.id, ready: [repository] };
  }

  private tellNeeds(): void {
    const viaEcr = { "kms:ViaService": `ecr.${this.account.region}.${this.account.domain}` };
    this.account.deployerNeeds(
      { sid: "EcrLogin", actions: [...ECR_LOGIN_ACTIONS], resources: ["*"] },
      { sid: "EcrImages", actions: [...ECR_PULL_ACTIONS, ...ECR_PUSH_ACTIONS], resources: [this.repositoryArn] },
      { sid: "EcrRepositories", actions: [...ECR_CARE_ACTIONS], resources: [this.repositoryArn] },
      {
        sid: "EcrEncryption",
        actions: ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
        resources: ["*"],
        conditions: { StringEquals: viaEcr },
      },
    );
  }
}
