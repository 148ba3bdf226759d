import { DockerProvider, type DockerProviderRegistryAuth } from "@cdktf/provider-docker/lib/provider";
import { Construct, type IConstruct } from "constructs";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { knownProps } from "../terraform/known-props.ts";
import { lateValue } from "../terraform/late.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { perStack } from "../terraform/per-stack.ts";
import { refuseOtherProviders } from "../terraform/provider.ts";
import { requireProviderVersion } from "../terraform/provider-range.ts";
import { owningStack } from "../terraform/stack-of.ts";
import { CONSTRUCT_LABEL, CONTENT_LABEL, STACK_LABEL } from "../values/engine-label.ts";
import type { PortMapping } from "../values/port-mapping.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import type { PullAccess } from "./pull-access.ts";
import type { IRepository } from "./registry.ts";

export { CONSTRUCT_LABEL, CONTENT_LABEL, STACK_LABEL };

/** What a {@link DockerEngine} takes. */
export interface DockerEngineProps {
  /**
   * The engine's address, e.g. `unix:///var/run/docker.sock`; a literal. Images are built there only if `DOCKER_HOST`
   * says the same: from 4.5 on the provider builds where the docker command does. `npm run up` looks at that first.
   * @default - the provider's own choice: `DOCKER_HOST`, else the local socket
   */
  readonly host?: string;
  /**
   * Registries that the stack has pushed to and leaves now, as `host[:port]`. Why: Terraform still knows what it pushed
   * there and asks once more; of a registry that it is told nothing about, the provider answers with an error that
   * quotes every configured password. What was pushed stays there. Drop them after the next apply.
   * @default - none
   */
  readonly formerRegistries?: readonly string[];
}

const HOST = /^(unix|npipe|tcp|https?):\/\/./;

const engineOf = perStack((): { engine?: DockerEngine } => ({}));

/**
 * The Docker Engine that a stack builds, pushes and runs with: one provider block that gathers the logins of every
 * registry in use. Why one: two provider blocks without an alias synthesize silently into nonsense, and a push whose
 * registry has no login entry makes the provider print every configured password.
 *
 * @see https://registry.terraform.io/providers/kreuzwerker/docker/latest/docs
 */
export class DockerEngine extends Construct {
  /** The engine of the stack that `scope` belongs to; made on first use. */
  static of(scope: IConstruct): DockerEngine {
    return engineOf(scope).engine ?? new DockerEngine(owningStack(scope), "docker-engine");
  }

  /** The address as declared, for commands that must reach the same engine. */
  readonly host?: string;
  private readonly names = new Map<string, IConstruct>();
  /** By host and port alone: the provider keeps one for each, whatever the scheme. */
  private readonly logins = new Map<string, DockerProviderRegistryAuth>();

  /** @throws {ConstructError} when the stack has an engine already, or `host` is not an engine's address */
  constructor(scope: Construct, id: string, props: DockerEngineProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { host: true, formerRegistries: true });
    const known = engineOf(this);
    if (known.engine) {
      throw new ConstructError(
        this,
        "id",
        `the stack has a Docker Engine already, ${known.engine.node.path}: declare one, before its first use`,
      );
    }
    known.engine = this;
    this.host = requireLiteral(this, "host", props.host);
    if (this.host !== undefined && !HOST.test(this.host)) {
      throw new ConstructError(this, "host", {
        subject: "engine address",
        rule: "must begin with unix://, npipe://, tcp:// or http(s)://",
        got: this.host,
        remedy: this.host.startsWith("ssh://")
          ? "forward the socket (ssh -L) instead: the provider dials ssh hosts while it plans, before they exist"
          : "use e.g. unix:///var/run/docker.sock",
      });
    }
    for (const former of requireLiteral(this, "formerRegistries", props.formerRegistries ?? [])) {
      const address = atProperty(this, "formerRegistries", () => RegistryAddress.parse(former)).toString();
      this.logins.set(address, { address, authDisabled: true });
    }
    const provider = new DockerProvider(this, "Provider", {
      host: this.host,
      registryAuth: lateValue(() => this.sortedLogins()) as DockerProviderRegistryAuth[] | undefined,
    });
    requireProviderVersion(this, "docker");
    refuseOtherProviders(provider, "DockerEngine");
  }

  /**
   * Lets the provider push to and read from `repository`'s registry. Credentials come at apply from variables of the
   * environment, or from the deployer's Docker configuration file or credential helper: none stands in code or JSON.
   * Of several ways into one registry the one that opens more counts, whatever the order of use.
   *
   * @throws {ConstructError} when the registry has another login by variables already
   */
  login(repository: IRepository): void {
    const { endpoint } = repository.registry;
    const host = endpoint.replace(/^https?:\/\//, "");
    const login = registryAuth(repository.registry, endpoint.replace(/^https:\/\//, ""), repository.pullAccess);
    const other = this.logins.get(host);
    if (other?.username && login.username && other.username !== login.username) {
      throw new ConstructError(
        repository.registry,
        "login",
        `is another one than ${host} has in this stack already: use one RegistryLogin for both`,
      );
    }
    if (other === undefined || strength(login) >= strength(other)) this.logins.set(host, login);
  }

  /**
   * A name on the engine for what `construct` declares: stack and path, so that two stacks on one engine never meet;
   * lower case with dashes, so that it is a valid DNS label too.
   *
   * @throws {ConstructError} when another construct's path folds to the same name
   */
  nameFor(construct: IConstruct): string {
    const name = construct.node.path.toLowerCase().replace(/[^a-z0-9]+/g, "-");
    const holder = this.names.get(name);
    if (holder && holder !== construct) {
      throw new ConstructError(
        construct,
        "id",
        `is called ${name} on the engine, and so is ${holder.node.path}: rename one of them`,
      );
    }
    this.names.set(name, construct);
    return name;
  }

  /** What the docker command of a step needs to reach this engine. */
  get environment(): Record<string, string> {
    return this.host === undefined ? {} : { DOCKER_HOST: this.host };
  }

  private sortedLogins(): object[] | undefined {
    if (this.logins.size === 0) return undefined;
    return [...this.logins.values()]
      .sort((a, b) => (a.address < b.address ? -1 : 1))
      .map(({ address, authDisabled, configFile, username, password }) => ({
        address,
        auth_disabled: authDisabled,
        config_file: configFile,
        username,
        password,
      }));
  }
}

/** What the provider is told; a user's name comes first there, then the file. */
function registryAuth(registry: IConstruct, address: string, access: PullAccess): DockerProviderRegistryAuth {
  switch (access.kind) {
    case "anonymous":
      return { address, authDisabled: true };
    case "login":
      return { address, username: access.username, password: access.password };
    case "docker-config":
    case "secret":
    case "aws-iam":
      return { address, configFile: "~/.docker/config.json" };
    default:
      throw unknownAccess(registry, access);
  }
}

/** A kind that the type does not know comes from a registry written elsewhere, which most programs run unchecked. */
function unknownAccess(registry: IConstruct, access: never): ConstructError {
  return new ConstructError(registry, "pullAccess", {
    subject: "kind of login",
    rule: "must be one that a Docker Engine can use",
    got: (access as { kind?: unknown } | undefined)?.kind,
    remedy: "use anonymous, docker-config, login, secret or aws-iam",
  });
}

function strength({ authDisabled, username }: DockerProviderRegistryAuth): number {
  if (authDisabled) return 0;
  return username ? 2 : 1;
}

const publishedPorts = perStack((): { readonly by: IConstruct; readonly port: PortMapping }[] => []);

/**
 * Takes a port of the engine's machine for `construct`. Why at synth: the engine would find out only when the first
 * of the two runs already.
 *
 * @throws {ConstructError} when another container of the stack publishes it
 */
export function publishPort(construct: IConstruct, port: PortMapping): void {
  const taken = publishedPorts(construct);
  const holder = taken.find((other) => other.port.overlaps(port));
  if (holder) {
    throw new ConstructError(
      construct,
      "ports",
      `port ${port.host} is published by ${holder.by.node.path} already: choose another port for one of them`,
    );
  }
  taken.push({ by: construct, port });
}

/** The `settingsDigest` of a container; a change of the label replaces it. */
export const SETTINGS_LABEL = "dev.slipway.settings";

/** The labels by which everything that `construct` puts on an engine can be found again. */
export function ownershipLabels(construct: IConstruct): Record<string, string> {
  return { [STACK_LABEL]: owningStack(construct).node.id, [CONSTRUCT_LABEL]: construct.node.path };
}

/** The provider's block form of a label map, sorted. */
export function labelBlocks(labels: Readonly<Record<string, string>>): { label: string; value: string }[] {
  return Object.keys(labels)
    .sort()
    .map((label) => ({ label, value: labels[label] as string }));
}
