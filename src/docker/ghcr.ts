import type { Construct } from "constructs";
import { at } from "../terraform/construct-error.ts";
import { literal } from "../terraform/literal.ts";
import { RepositoryPath } from "../values/repository-path.ts";
import { HostedRegistry } from "./hosted-registry.ts";

/** What {@link Ghcr} takes. */
export interface GhcrProps {
  /** The GitHub user or organisation in lower case, e.g. `octo-org`. */
  readonly owner: string;
}

/**
 * GitHub's container registry; pushes use the deploying machine's `docker login ghcr.io`.
 *
 * @see https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry
 */
export class Ghcr extends HostedRegistry {
  readonly address = "ghcr.io";
  readonly endpoint = "https://ghcr.io";
  private readonly owner: string;

  /** @throws {ConstructError} when the owner is not a valid path */
  constructor(scope: Construct, id: string, props: GhcrProps) {
    super(scope, id);
    this.owner = at(this, "owner", () => RepositoryPath.parse(literal(this, "owner", props.owner))).toString();
  }

  protected override fullPath(path: string): string {
    return `${this.owner}/${path}`;
  }
}
