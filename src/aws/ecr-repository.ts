import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository as AwsEcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import type { Construct } from "constructs";
import type { ImagePush } from "../docker/image-push.ts";
import { atProperty, ConstructError, collectErrors } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { describe } from "../terraform/description.ts";
import { knownProps } from "../terraform/known-props.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { requireProviderVersion } from "../terraform/provider-range.ts";
import { ECR_CARE_ACTIONS, ECR_LOGIN_ACTIONS, ECR_PULL_ACTIONS, ECR_PUSH_ACTIONS } from "./ecr-actions.ts";
import { ecrDestroyReport } from "./ecr-destroy-report.ts";
import { EcrRepositoryBase, type IEcrRegistry, type IEcrRepository } from "./ecr-repository-base.ts";
import { importedByArn, importedByName } from "./imported-repository.ts";
import { type LifecycleIntent, lifecyclePolicy } from "./lifecycle-policy.ts";
import { checkMutableTags, isMutable } from "./mutable-tags.ts";

/** How a repository keeps its images. */
export interface EcrRepositoryOptions {
  /**
   * What the repository may forget, beside what a host serves or may go back to; `false` keeps everything.
   * @default - the last 20 releases, untagged images 7 days
   */
  readonly lifecycle?: LifecycleIntent | false;
  /**
   * The only tags that may be pushed a second time, `*` for any characters, e.g. `["latest", "1.*"]`: all others stay
   * what they are, because a version that changes under its name is no version. Needs hashicorp/aws 6.25 or newer.
   * @default - no tag moves
   */
  readonly mutableTags?: readonly string[];
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

export const ECR_REPOSITORY_OPTIONS = {
  lifecycle: true,
  mutableTags: true,
  scanOnPush: true,
  encryption: true,
  deleteWithImages: true,
} as const;

/** What an {@link EcrRepository} takes. */
export interface EcrRepositoryProps extends EcrRepositoryOptions {
  readonly registry: IEcrRegistry;
  /** The repository's name, e.g. `team/netflix-movie-catalog`; a literal. */
  readonly name: string;
}

/** The provider that knows repositories some of whose tags move. */
const MOVING_TAGS_SINCE = ">= 6.25, < 7";

/**
 * A repository in ECR: immutable tags, scanned and encrypted, forgetting by intent. Terraform deletes no digest in it,
 * because something may run it; the lifecycle rules do.
 */
export class EcrRepository extends EcrRepositoryBase {
  /** A repository that exists already, by its name in `registry`. */
  static fromName(scope: Construct, id: string, registry: IEcrRegistry, name: string): IEcrRepository {
    return importedByName(scope, id, registry, name);
  }

  /** A repository that exists already, of this account or of another that lets this one in. */
  static fromArn(scope: Construct, id: string, arn: string): IEcrRepository {
    return importedByArn(scope, id, arn);
  }

  readonly ready: TerraformDependency[];
  protected readonly repositoryId: string;
  private readonly mutableTags: readonly string[];

  /** @throws {ConstructError} for a name or mutable tag that ECR refuses, or a lifecycle out of range */
  constructor(scope: Construct, id: string, props: EcrRepositoryProps) {
    super(scope, id, props.registry, props.name);
    let policy: string | undefined;
    const { lifecycle = {}, mutableTags = [] } = props;
    collectErrors([
      () => knownProps(this, props, { registry: true, name: true, ...ECR_REPOSITORY_OPTIONS }),
      () => this.checkEncryption(props.encryption),
      () => {
        if (lifecycle !== false) policy = atProperty(this, "lifecycle", () => lifecyclePolicy(lifecycle));
      },
      () => atProperty(this, "mutableTags", () => checkMutableTags(requireLiteral(this, "mutableTags", mutableTags))),
    ]);
    this.mutableTags = mutableTags;
    const { repositoryId, ready } = this.declare(props, policy);
    this.repositoryId = repositoryId;
    this.ready = ready;
    this.tellNeeds();
    describe(this, "repository", () => ({
      uri: this.uri,
      mutableTags,
      lifecycle: policy === undefined ? undefined : JSON.parse(policy),
      deleteWithImages: props.deleteWithImages ?? false,
    }));
  }

  /** @throws {ConstructError} when a tag would move that the repository keeps where it is */
  override push(push: ImagePush): string {
    const kept = push.mutableTags.filter((tag) => !isMutable(this.mutableTags, tag));
    if (kept.length > 0) {
      throw new ConstructError(
        push.scope,
        "releasedVersions",
        `moves ${kept.join(", ")}, but ${this.path} keeps its tags: leave releasedVersions out, or name them in the repository's mutableTags`,
      );
    }
    return super.push(push);
  }

  private checkEncryption(encryption: EcrRepositoryOptions["encryption"]): void {
    if (encryption === undefined || encryption === "kms" || encryption === "aes256") return;
    if (typeof encryption !== "object" || encryption === null) {
      const rule = 'must be "kms", "aes256" or { kmsKeyArn }';
      throw new ConstructError(this, "encryption", { subject: "encryption", rule, got: encryption });
    }
    knownProps(this, encryption, { kmsKeyArn: true }, "encryption");
  }

  private declare(props: EcrRepositoryProps, policy: string | undefined) {
    const { mutableTags = [], encryption = "kms", deleteWithImages = false } = props;
    const moves = mutableTags.length > 0;
    const repository = new AwsEcrRepository(this, "Resource", {
      name: this.path,
      imageTagMutability: moves ? "IMMUTABLE_WITH_EXCLUSION" : "IMMUTABLE",
      imageTagMutabilityExclusionFilter: moves
        ? mutableTags.map((filter) => ({ filter, filterType: "WILDCARD" }))
        : undefined,
      imageScanningConfiguration: { scanOnPush: props.scanOnPush ?? true },
      encryptionConfiguration: [
        encryption === "aes256"
          ? { encryptionType: "AES256" }
          : { encryptionType: "KMS", kmsKey: encryption === "kms" ? undefined : encryption.kmsKeyArn },
      ],
      forceDelete: deleteWithImages,
    });
    if (moves) requireProviderVersion(this, "aws", MOVING_TAGS_SINCE);
    if (policy) new EcrLifecyclePolicy(this, "Lifecycle", { repository: repository.name, policy });
    if (!deleteWithImages) {
      ecrDestroyReport(this, { deployer: this.account, repositoryName: this.path, dependsOn: [repository] });
    }
    return { repositoryId: repository.id, ready: [repository] };
  }

  private tellNeeds(): void {
    const viaEcr = { "kms:ViaService": `ecr.${this.account.region}.${this.account.domain}` };
    this.account.addDeployerStatements(
      { sid: "EcrLogin", actions: [...ECR_LOGIN_ACTIONS], resources: ["*"] },
      { sid: "EcrPushPull", actions: [...ECR_PULL_ACTIONS, ...ECR_PUSH_ACTIONS], resources: [this.repositoryArn] },
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
