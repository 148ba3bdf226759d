import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct, type IConstruct } from "constructs";
import type { ImagePush } from "../docker/image-push.ts";
import type { PullAccess } from "../docker/pull-access.ts";
import type { IRegistry, IRepository } from "../docker/registry.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { regionOfKey } from "../values/signing.ts";
import { AwsAccount } from "./aws-account.ts";
import { ECR_LOGIN_ACTIONS, ECR_PULL_ACTIONS, ECR_PUSH_ACTIONS } from "./ecr-actions.ts";
import { pushToEcr } from "./ecr-push.ts";
import { ecrRepositoryName } from "./ecr-repository-name.ts";
import { iamPolicy } from "./iam-policy.ts";
import { stagedPart } from "./staged-script.ts";

// 123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app@sha256:…
const ECR_IMAGE = /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.[^/]+\/(?<path>[^@]+)@/;

/** Somebody to whom a repository grants: a role by its name. */
export interface IRole {
  readonly roleName: string;
}

/** A repository in ECR. */
export interface IEcrRepository extends IRepository, Construct {
  readonly repositoryArn: string;
  /** Lets `role` pull, by a policy of its own that names this repository alone. */
  grantPull(role: IRole): void;
  /** Lets `role` push and pull. */
  grantPush(role: IRole): void;
}

/** An ECR registry as its repositories see it. */
export interface IEcrRegistry extends IRegistry {
  /** The account of the registry. */
  readonly account: string;
  /** What the ARNs of its repositories begin with. */
  readonly arnPrefix: string;
}

/** What repositories in ECR have in common, made here or not: how they are named, granted and pushed to. */
export abstract class EcrRepositoryBase extends Construct implements IEcrRepository {
  abstract readonly ready: TerraformDependency[];
  readonly registry: IRegistry;
  readonly path: string;
  readonly uri: string;
  readonly repositoryArn: string;
  protected readonly account: AwsAccount;
  protected abstract readonly repositoryId: string;

  /** @throws {ConstructError} for a name that ECR refuses */
  constructor(
    scope: Construct,
    id: string,
    private readonly place: IEcrRegistry,
    name: string,
  ) {
    super(scope, constructId(scope, id));
    requireEcr(this, place);
    this.account = AwsAccount.of(this);
    this.path = atProperty(this, "name", () => ecrRepositoryName(requireLiteral(this, "name", name)));
    this.registry = place;
    this.uri = `${place.address}/${this.path}`;
    this.repositoryArn = `${place.arnPrefix}:repository/${this.path}`;
  }

  get identity(): string {
    return this.repositoryId;
  }

  get pullAccess(): PullAccess {
    return { kind: "aws-iam", repositoryArn: this.repositoryArn };
  }

  push(push: ImagePush): string {
    const { account: deployer, path: repositoryName, repositoryId } = this;
    return pushToEcr({ deployer, account: this.place.account, repositoryName, repositoryId }, push);
  }

  copiesFrom(image: string): void {
    const from = ECR_IMAGE.exec(image)?.groups;
    if (from === undefined) return;
    const arn = `arn:${this.account.partition}:ecr:${from.region}:${from.account}:repository/${from.path}`;
    this.account.addDeployerStatements({ sid: "EcrPromote", actions: [...ECR_PULL_ACTIONS], resources: [arn] });
  }

  /** @throws {ConstructError} for a key of another region than the registry's */
  signedByKms(scope: IConstruct, keyArn: string): Record<string, string> {
    const region = regionOfKey(keyArn);
    if (region !== undefined && region !== this.account.region) {
      const remedy = "take a key of the registry's region, or a replica there of a multi-Region key";
      const rule = `must be in the registry's region, ${this.account.region}`;
      throw new ConstructError(scope, "sign", { subject: "KMS key", rule, got: keyArn, remedy });
    }
    const actions = ["kms:GetPublicKey", "kms:Sign"];
    this.account.addDeployerStatements({ sid: "SignImages", actions, resources: [keyArn] });
    return { ...this.account.deployerEnvironment, SLIPWAY_AWS_CLI: stagedPart(this, "aws-cli.sh") };
  }

  grantPull(role: IRole): void {
    this.grant("Pull", role, ECR_PULL_ACTIONS);
  }

  grantPush(role: IRole): void {
    this.grant("Push", role, [...ECR_PULL_ACTIONS, ...ECR_PUSH_ACTIONS]);
  }

  private grant(kind: string, role: IRole, actions: readonly string[]): void {
    const place = this.node.children.filter(({ node }) => node.id.startsWith(kind)).length + 1;
    const policy = iamPolicy([
      { sid: "EcrLogin", actions: ECR_LOGIN_ACTIONS, resources: ["*"] },
      { sid: kind, actions, resources: [this.repositoryArn] },
    ]);
    new IamRolePolicy(this, `${kind}-${place}`, { role: role.roleName, policy });
  }
}

/** Another kind of registry has no ARNs, and a repository without one would be granted under the name "undefined". */
function requireEcr(scope: Construct, registry: unknown): void {
  const { account, arnPrefix } = (registry ?? {}) as Partial<IEcrRegistry>;
  if (Construct.isConstruct(registry) && typeof account === "string" && typeof arnPrefix === "string") return;
  const remedy = 'declare one by new EcrRegistry(this, "ecr")';
  const rule = "must be an EcrRegistry";
  throw new ConstructError(scope, "registry", { subject: "registry", rule, got: registry, remedy });
}
