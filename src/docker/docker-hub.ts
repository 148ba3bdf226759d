import type { Construct } from "constructs";
import { at } from "../terraform/construct-error.ts";
import { literal } from "../terraform/literal.ts";
import { RepositoryPath } from "../values/repository-path.ts";
import { HostedRegistry } from "./hosted-registry.ts";

/** What {@link DockerHub} takes. */
export interface DockerHubProps {
  /** The account or organisation that repositories belong to, e.g. `exitzeroacademy`. */
  readonly namespace: string;
}

/**
 * Docker Hub. Pushes go to `registry-1.docker.io` and need `docker login registry-1.docker.io` once on the deploying
 * machine: the provider looks the login up under the host that it pushes to.
 *
 * @see https://docs.docker.com/docker-hub/repos/
 */
export class DockerHub extends HostedRegistry {
  readonly address = "docker.io";
  readonly endpoint = "https://registry-1.docker.io";
  private readonly namespace: string;

  /** @throws {ConstructError} when the namespace is not one path component */
  constructor(scope: Construct, id: string, props: DockerHubProps) {
    super(scope, id);
    this.namespace = at(this, "namespace", () =>
      RepositoryPath.parse(literal(this, "namespace", props.namespace)),
    ).toString();
  }

  protected override fullPath(path: string): string {
    return `${this.namespace}/${path}`;
  }
}
