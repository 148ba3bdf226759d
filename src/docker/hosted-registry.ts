import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { at } from "../terraform/construct-error.ts";
import { constructId } from "../terraform/construct-id.ts";
import { literal } from "../terraform/literal.ts";
import { RepositoryPath } from "../values/repository-path.ts";
import type { PullAccess } from "./pull-access.ts";
import type { IRegistry, IRepository } from "./registry.ts";

/** A registry that somebody else runs, so that there is nothing to create and nothing to wait for. */
export abstract class HostedRegistry extends Construct implements IRegistry {
  abstract readonly address: string;
  abstract readonly endpoint: string;
  readonly ready: ITerraformDependable[] = [];

  constructor(scope: Construct, id: string) {
    super(scope, constructId(scope, id));
  }

  repository(path: string): IRepository {
    return registryRepository(this, this.fullPath(literal(this, "path", path)), this.pullAccess());
  }

  /** `path` as the registry wants it, namespace included. */
  protected fullPath(path: string): string {
    return path;
  }

  /** Pushes need the deployer's login even where pulls are open, hence the one kind. */
  protected pullAccess(): PullAccess {
    return { kind: "docker-config", address: new URL(this.endpoint).host };
  }
}

/** The repository at `path` of `registry`, its path checked by the reference grammar. */
export function registryRepository(registry: IRegistry, path: string, pullAccess: PullAccess): IRepository {
  const checked = at(registry, "path", () => RepositoryPath.parse(path)).toString();
  return { registry, path: checked, uri: `${registry.address}/${checked}`, pullAccess, ready: registry.ready };
}
