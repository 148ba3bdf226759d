import { Construct } from "constructs";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import { RepositoryPath } from "../values/repository-path.ts";
import { LOGIN, requireKind } from "./declared-kind.ts";
import type { PullAccess } from "./pull-access.ts";
import { type PullLogin, pullLoginAccess } from "./pull-login.ts";
import type { IRegistry, IRepository } from "./registry.ts";
import type { RegistryLogin } from "./registry-login.ts";

/** What every registry takes that somebody else runs. */
export interface HostedRegistryProps {
  /**
   * The login by which a `NanoHost` pulls private images from it; a `LocalHost` uses the deployer's `docker login`.
   * @default - hosts pull what everybody may
   */
  readonly pullLogin?: PullLogin;
}

/** A registry that somebody else runs, so that there is nothing to create and nothing to wait for. */
export abstract class HostedRegistry extends Construct implements IRegistry {
  abstract readonly address: string;
  abstract readonly endpoint: string;
  /** What stands in front of every repository's path. */
  protected abstract readonly namespace: string;
  readonly ready: TerraformDependency[] = [];

  private readonly pullLogin?: PullLogin;

  constructor(scope: Construct, id: string, { pullLogin }: HostedRegistryProps) {
    super(scope, constructId(scope, id));
    this.pullLogin = pullLogin;
  }

  repository(path: string): IRepository {
    return registryRepository(this, `${this.namespace}/${requireLiteral(this, "path", path)}`, this.pullAccess());
  }

  protected readNamespace(property: string, path: string): string {
    return atProperty(this, property, () => RepositoryPath.parse(requireLiteral(this, property, path))).toString();
  }

  /** Pushes need the deployer's login even where pulls are open, hence the one kind. */
  protected pullAccess(): PullAccess {
    const address = new URL(this.endpoint).host;
    return this.pullLogin ? pullLoginAccess(this, address, this.pullLogin) : { kind: "docker-config", address };
  }
}

/** The repository at `path` of `registry`, its path checked by the reference grammar. */
export function registryRepository(registry: IRegistry, path: string, pullAccess: PullAccess): IRepository {
  const checked = atProperty(registry, "path", () => RepositoryPath.parse(path)).toString();
  return { registry, path: checked, uri: `${registry.address}/${checked}`, pullAccess, ready: registry.ready };
}

/** What {@link DockerHub} takes. */
export interface DockerHubProps extends HostedRegistryProps {
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
  protected readonly namespace: string;

  /** @throws {ConstructError} when the namespace is not one path component */
  constructor(scope: Construct, id: string, props: DockerHubProps) {
    super(scope, id, props);
    knownProps(this, props, { namespace: true, pullLogin: true });
    this.namespace = this.readNamespace("namespace", props.namespace);
  }
}

/** What {@link Ghcr} takes. */
export interface GhcrProps extends HostedRegistryProps {
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
  protected readonly namespace: string;

  /** @throws {ConstructError} when the owner is not a valid path */
  constructor(scope: Construct, id: string, props: GhcrProps) {
    super(scope, id, props);
    knownProps(this, props, { owner: true, pullLogin: true });
    this.namespace = this.readNamespace("owner", props.owner);
  }
}

/** What {@link GitLabRegistry} takes. */
export interface GitLabRegistryProps extends HostedRegistryProps {
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
  /** GitLab keeps a project's images at the project's path itself or below it. */
  protected readonly namespace: string;

  /** @throws {ConstructError} when the address or the project path is malformed */
  constructor(scope: Construct, id: string, props: GitLabRegistryProps) {
    super(scope, id, props);
    knownProps(this, props, { project: true, address: true, pullLogin: true });
    const address = requireLiteral(this, "address", props.address ?? "registry.gitlab.com");
    this.address = atProperty(this, "address", () => RegistryAddress.parse(address)).toString();
    this.endpoint = `https://${this.address}`;
    this.namespace = this.readNamespace("project", props.project);
  }
}

/** What an {@link ExistingRegistry} takes. */
export interface ExistingRegistryProps extends HostedRegistryProps {
  /** `host[:port]`, without scheme or path. */
  readonly address: string;
  /** @default - `http` on a loopback address, else `https` */
  readonly protocol?: "http" | "https";
  /** Whether a pull needs the deploying machine's `docker login`. @default - true for `https`, false for `http` */
  readonly private?: boolean;
  /** A user of the registry, by variables of the environment; needs `https`. @default - as `private` says */
  readonly login?: RegistryLogin;
}

/** A registry that runs already; made by `SelfHostedRegistry.fromAddress`. */
export class ExistingRegistry extends Construct implements IRegistry {
  readonly address: string;
  readonly endpoint: string;
  readonly ready: TerraformDependency[] = [];
  private readonly pullAccess: PullAccess;

  constructor(scope: Construct, id: string, props: ExistingRegistryProps) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { address: true, protocol: true, private: true, login: true, pullLogin: true });
    if (props.login !== undefined) requireKind(this, "login", props.login, LOGIN);
    const address = atProperty(this, "address", () =>
      RegistryAddress.parse(requireLiteral(this, "address", props.address)),
    );
    const protocol = props.protocol ?? (address.isLoopback ? "http" : "https");
    if (protocol !== "http" && protocol !== "https") {
      throw new ConstructError(this, "protocol", { subject: "protocol", rule: "must be http or https", got: protocol });
    }
    this.address = address.toString();
    this.endpoint = `${protocol}://${this.address}`;
    this.pullAccess = this.access(props, protocol);
  }

  repository(path: string): IRepository {
    return registryRepository(this, requireLiteral(this, "path", path), this.pullAccess);
  }

  private access(props: ExistingRegistryProps, protocol: "http" | "https"): PullAccess {
    const { login, private: isPrivate, pullLogin } = props;
    if (pullLogin && protocol === "http")
      throw new ConstructError(this, "pullLogin", "would send its password in the clear: say protocol https");
    if (pullLogin && login)
      throw new ConstructError(
        this,
        "pullLogin",
        "is given beside login, which hosts pull by, too: leave out one of them",
      );
    if (login && protocol === "http")
      throw new ConstructError(this, "login", "would send its password in the clear: say protocol https");
    if ((login ?? pullLogin) && isPrivate === false)
      throw new ConstructError(this, "private", "is false, but a login is given: leave out one of them");
    if (login) return login.accessTo(this.address);
    if (pullLogin) return pullLoginAccess(this, this.address, pullLogin);
    return (isPrivate ?? protocol === "https")
      ? { kind: "docker-config", address: this.address }
      : { kind: "anonymous" };
  }
}
