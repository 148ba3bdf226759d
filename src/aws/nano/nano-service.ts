import { Construct } from "constructs";
import { type DeclaredService, readService } from "../../hosts/declared-service.ts";
import { type IHost, type IService, RUN_OPTIONS, type RunOptions } from "../../hosts/host.ts";
import { BRIDGE_ADDRESS, type ClaimedPorts } from "../../release/service-ports.ts";
import { ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import {
  COMMAND_EXAMPLE,
  constructId,
  requireLiteral,
  requireTextMap,
  requireWordList,
} from "../../terraform/literal.ts";
import { RegistryAddress } from "../../values/registry-address.ts";
import { Secret } from "../secret.ts";
import type { PlacedServiceOptions } from "./released-service.ts";

const ECR = /^\d{12}\.dkr\.ecr\./;

/** What `host.run` of a {@link NanoHost} takes. */
export interface NanoRunOptions extends RunOptions {
  /** Secrets by the name under which the service gets them. @default - none */
  readonly secrets?: Readonly<Record<string, Secret>>;
}

/** What a host tells each of its services about their surroundings. */
export interface NanoServicePlace {
  readonly host: IHost;
  readonly ports: ClaimedPorts;
  readonly ready: () => TerraformDependency[];
}

/** A service of a nano host: an entry of its release, and no resource of its own. */
export class NanoService extends Construct implements IService {
  readonly host: IHost;
  readonly url: string;
  readonly secrets: readonly Secret[];
  /** The repository in ECR that it is pulled from, if it is one, and the address of its registry. */
  readonly ecr?: { readonly repositoryArn: string; readonly address: string };
  private readonly declared: DeclaredService;

  /** @throws {ConstructError} for what {@link readService} refuses, and for an image that the host cannot pull */
  constructor(
    scope: Construct,
    id: string,
    private readonly options: NanoRunOptions,
    private readonly place: NanoServicePlace,
  ) {
    super(scope, constructId(scope, id));
    this.host = place.host;
    this.declared = readService(this, place.host, options, { ...RUN_OPTIONS, secrets: true });
    collectErrors([() => this.checkImage(), ...this.checks()]);
    this.url = `http://${this.internalAddress}`;
    this.secrets = Object.values(options.secrets ?? {});
    const { pullAccess, registry } = this.declared.image.repository;
    if (pullAccess.kind === "aws-iam") {
      this.ecr = { repositoryArn: pullAccess.repositoryArn, address: registry.address };
    }
  }

  /** What must have happened before the service answers. */
  get ready(): TerraformDependency[] {
    return this.place.ready();
  }

  /** The service as a release is told about it. */
  get released(): PlacedServiceOptions {
    const { image, port, health } = this.declared;
    const { env, memoryMiB, stopGraceSeconds, command, secrets = {} } = this.options;
    return {
      name: this.node.id,
      image: image.reference,
      port,
      ports: this.place.ports,
      health,
      env,
      secrets: Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.source])),
      memoryMiB,
      stopGraceSeconds,
      command,
    };
  }

  /** @throws {ConstructError} for another host: the listener that leads here is on its own host only */
  addressFrom(host: IHost): string {
    if (host === this.host) return this.internalAddress;
    throw new ConstructError(
      this,
      "host",
      `cannot be reached from ${host.node.path}: its listener is on its own host only; serve it there under a name and route to that by Backend.fromAddress`,
    );
  }

  private get internalAddress(): string {
    return `${BRIDGE_ADDRESS}:${this.place.ports.internal}`;
  }

  private checkImage(): void {
    const { image } = this.declared;
    const { pullAccess, registry, uri } = image.repository;
    if (!image.platform) {
      const remedy = "build or pull it with platform: host.platform";
      const problem = `${image.node.path} has no platform, and the host ${this.host.node.path} runs ${this.host.platform}: ${remedy}`;
      throw new ConstructError(this, "image", problem);
    }
    if (ECR.test(registry.address) && pullAccess.kind !== "aws-iam") {
      const problem = `${uri} is in ECR, and nothing says that the host may pull it: give the image its repository, e.g. EcrRepository.fromName`;
      throw new ConstructError(this, "image", problem);
    }
    // A registry that takes pushes by login may let everybody pull; an image that is only pulled says that it is private.
    if (pullAccess.kind === "login" || (pullAccess.kind === "docker-config" && image.contentId === undefined)) {
      const problem = `${uri} needs a login, which a nano host does not keep: push it to ECR, or to a repository that everybody may pull from`;
      throw new ConstructError(this, "image", problem);
    }
    if (RegistryAddress.parse(registry.address).isLoopback) {
      const problem = `${uri} is on the deploying machine's own ${registry.address}, where a nano host finds nothing: push it to ECR, or to a registry with a name`;
      throw new ConstructError(this, "image", problem);
    }
  }

  private checks(): (() => unknown)[] {
    const { env = {}, command = [], memoryMiB, stopGraceSeconds, secrets = {} } = this.options;
    return [
      () => requireTextMap(this, "env", env),
      () => requireWordList(this, "command", command, COMMAND_EXAMPLE),
      () => requireLiteral(this, "memoryMiB", memoryMiB),
      () => requireLiteral(this, "stopGraceSeconds", stopGraceSeconds),
      ...Object.entries(secrets).map(
        ([name, secret]) =>
          () =>
            checkSecret(this, name, secret),
      ),
    ];
  }
}

/** The message has not what was given: whoever takes this for the place of the secret itself gave it. */
function checkSecret(scope: Construct, name: string, secret: unknown): void {
  if (secret instanceof Secret) return;
  const problem = `must be a Secret, got ${typeof secret}: write Secret.fromParameter or Secret.fromSecretsManager with its name`;
  throw new ConstructError(scope, `secrets[${name}]`, problem);
}
