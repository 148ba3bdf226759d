import { Construct } from "constructs";
import type { IRepository } from "../docker/registry.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { AwsRegion } from "./aws-region.ts";
import { EcrRepositoryBase, type IEcrRegistry, type IEcrRepository } from "./ecr-repository-base.ts";

/** A repository of `place` that is not made here. */
export function importedByName(scope: Construct, id: string, place: IEcrRegistry, name: string): IEcrRepository {
  return new ImportedRepository(scope, id, place, name);
}

// arn:aws:ecr:eu-west-1:123456789012:repository/team/app
const ARN = /^(arn:[a-z-]+:ecr:([a-z0-9-]+):(\d{12})):repository\/(.+)$/;

/** A repository that is not made here, in the registry that its ARN names. @throws {ConstructError} for another ARN */
export function importedByArn(scope: Construct, id: string, arn: string): IEcrRepository {
  const [, arnPrefix = "", region = "", account = "", name] = ARN.exec(requireLiteral(scope, "arn", arn)) ?? [];
  if (name === undefined) {
    const rule = "must be the ARN of a repository in ECR";
    const remedy = "write it like arn:aws:ecr:eu-west-1:123456789012:repository/team/app";
    throw new ConstructError(scope, "arn", { subject: "repository", rule, got: arn, remedy });
  }
  const { domain } = atProperty(scope, "arn", () => AwsRegion.parse(region));
  const address = `${account}.dkr.ecr.${region}.${domain}`;
  return new ImportedRepository(
    scope,
    id,
    new ForeignEcr(scope, `${id}-registry`, { address, account, arnPrefix }),
    name,
  );
}

class ImportedRepository extends EcrRepositoryBase {
  readonly ready: TerraformDependency[] = [];
  protected readonly repositoryId: string;

  constructor(scope: Construct, id: string, place: IEcrRegistry, name: string) {
    super(scope, id, place, name);
    this.repositoryId = name;
  }
}

class ForeignEcr extends Construct implements IEcrRegistry {
  readonly address: string;
  readonly endpoint: string;
  readonly account: string;
  readonly arnPrefix: string;
  readonly ready: TerraformDependency[] = [];

  constructor(scope: Construct, id: string, place: Pick<IEcrRegistry, "address" | "account" | "arnPrefix">) {
    super(scope, constructId(scope, id));
    this.address = place.address;
    this.endpoint = `https://${place.address}`;
    this.account = place.account;
    this.arnPrefix = place.arnPrefix;
  }

  repository(path: string): IRepository {
    return importedByName(this, `repository-${path.replace(/[^A-Za-z0-9-]+/g, "-")}`, this, path);
  }
}
