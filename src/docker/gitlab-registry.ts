import type { Construct } from "constructs";
import { at } from "../terraform/construct-error.ts";
import { literal } from "../terraform/literal.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import { RepositoryPath } from "../values/repository-path.ts";
import { HostedRegistry } from "./hosted-registry.ts";

/** What {@link GitLabRegistry} takes. */
export interface GitLabRegistryProps {
  /** The project's path in lower case, e.g. `group/subgroup/project`. */
  readonly project: string;
  /** The registry's address. @default "registry.gitlab.com" */
  readonly address?: string;
}

/**
 * A GitLab project's registry; pushes use the deploying machine's `docker login` to its address.
 *
 * @see https://docs.gitlab.com/user/packages/container_registry/
 */
export class GitLabRegistry extends HostedRegistry {
  readonly address: string;
  readonly endpoint: string;
  private readonly project: string;

  /** @throws {ConstructError} when the address or the project path is malformed */
  constructor(scope: Construct, id: string, props: GitLabRegistryProps) {
    super(scope, id);
    const address = literal(this, "address", props.address ?? "registry.gitlab.com");
    this.address = at(this, "address", () => RegistryAddress.parse(address)).toString();
    this.endpoint = `https://${this.address}`;
    this.project = at(this, "project", () => RepositoryPath.parse(literal(this, "project", props.project))).toString();
  }

  /** GitLab keeps a project's images at the project's path itself or below it. */
  protected override fullPath(path: string): string {
    return `${this.project}/${path}`;
  }
}
