import { createHash } from "node:crypto";
import { Construct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { AwsAccount, type AwsEnvironment } from "./aws-account.ts";
import { ECR_REPOSITORY_OPTIONS, EcrRepository, type EcrRepositoryOptions } from "./ecr-repository.ts";
import type { IEcrRegistry } from "./ecr-repository-base.ts";

/** What an {@link EcrRegistry} takes: where it is, and how its repositories keep their images. */
export interface EcrRegistryProps extends AwsEnvironment, EcrRepositoryOptions {}

/**
 * An account's private registry in one region; its repositories are made as they are named. Pushes use the deploying
 * machine's Docker credential store, e.g. amazon-ecr-credential-helper, so that no token reaches code, JSON or state.
 *
 * @see https://github.com/awslabs/amazon-ecr-credential-helper
 */
export class EcrRegistry extends Construct implements IEcrRegistry {
  readonly address: string;
  readonly endpoint: string;
  readonly ready: TerraformDependency[] = [];
  readonly account: string;
  readonly arnPrefix: string;
  private readonly repositories = new Map<string, EcrRepository>();
  private readonly options: EcrRepositoryOptions;

  /** @throws {ConstructError} for an account or region that is none, or not the stack's */
  constructor(scope: Construct, id: string, props: EcrRegistryProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { account: true, region: true, ...ECR_REPOSITORY_OPTIONS });
    const { account: inAccount, region: inRegion, ...options } = props;
    const { account, region, domain, partition } = AwsAccount.of(this, { account: inAccount, region: inRegion });
    this.address = `${account}.dkr.ecr.${region}.${domain}`;
    this.endpoint = `https://${this.address}`;
    this.account = account;
    this.arnPrefix = `arn:${partition}:ecr:${region}:${account}`;
    this.options = options;
  }

  /** The repository `path`, made the first time that it is named. @throws {ConstructError} for a name that ECR refuses */
  repository(path: string): EcrRepository {
    const name = requireLiteral(this, "path", path);
    const found = this.repositories.get(name);
    if (found) return found;
    const repository = new EcrRepository(this, repositoryId(name), { ...this.options, registry: this, name });
    this.repositories.set(name, repository);
    return repository;
  }
}

/** A construct's id for a repository's name; with a digest where the name has characters that an id cannot have. */
function repositoryId(name: string): string {
  const readable = `repository-${name.replace(/[^A-Za-z0-9-]+/g, "-")}`.slice(0, 50);
  if (readable === `repository-${name}`) return readable;
  return `${readable}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
