import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ReleasedServiceOptions } from "../documents/released-service.ts";
import { BRIDGE_ADDRESS, type ClaimedPorts } from "../documents/service-ports.ts";
import type { IHost, IService, RunOptions } from "../hosts/host.ts";
import { checkPlatform, servicePort } from "../hosts/local-service.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import { constructId } from "../terraform/construct-id.ts";
import { HealthCheck } from "../values/health-check.ts";
import type { Secret } from "./secret.ts";

/** What `host.run` of a {@link NanoHost} takes. */
export interface NanoRunOptions extends RunOptions {
  /** Secrets by the name under which the service gets them. @default - none */
  readonly secrets?: Readonly<Record<string, Secret>>;
}

/** What a host tells each of its services about their surroundings. */
export interface NanoServicePlace {
  readonly host: IHost;
  readonly ports: ClaimedPorts;
  readonly ready: () => ITerraformDependable[];
}

/** A service of a nano host: an entry of its release, and no resource of its own. */
export class NanoService extends Construct implements IService {
  readonly host: IHost;
  readonly url: string;
  readonly secrets: readonly Secret[];
  /** The repository in ECR that it is pulled from, if it is one, and the address of its registry. */
  readonly ecr?: { readonly repositoryArn: string; readonly address: string };
  private readonly port: number;

  /** @throws {ConstructError} when no port is known, or the image is not for the host's platform */
  constructor(
    scope: Construct,
    id: string,
    private readonly options: NanoRunOptions,
    private readonly place: NanoServicePlace,
  ) {
    super(scope, constructId(scope, id));
    this.host = place.host;
    this.checkImage();
    this.port = servicePort(this, options);
    this.url = `http://${this.internalAddress}`;
    this.secrets = Object.values(options.secrets ?? {});
    const { pullAccess, registry } = options.image.repository;
    if (pullAccess.kind === "aws-iam") {
      this.ecr = { repositoryArn: pullAccess.repositoryArn, address: registry.address };
    }
  }

  /** What must have happened before the service answers. */
  get ready(): ITerraformDependable[] {
    return this.place.ready();
  }

  /** The service as a release is told about it. */
  get released(): ReleasedServiceOptions {
    const { image, env, memoryMiB, stopGraceSeconds, command, health = HealthCheck.tcp(), secrets = {} } = this.options;
    return {
      name: this.node.id,
      image: image.reference,
      port: this.port,
      ports: this.place.ports,
      health,
      env,
      secrets: Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reference])),
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
      `cannot be reached from ${host.node.path}: its listener is on its own host only; serve it there under a name and route to that by Address.of`,
    );
  }

  private get internalAddress(): string {
    return `${BRIDGE_ADDRESS}:${this.place.ports.internal}`;
  }

  private checkImage(): void {
    const { image } = this.options;
    checkPlatform(this, this.host, this.options);
    if (image.platform === undefined) {
      const remedy = "build or pull it with platform: host.platform";
      const problem = `${image.node.path} has no platform, and the host ${this.host.node.path} runs ${this.host.platform}: ${remedy}`;
      throw new ConstructError(this, "image", problem);
    }
    if (image.repository.pullAccess.kind === "login") {
      const problem = `${image.repository.uri} needs a login, which a nano host does not keep: push it to ECR, or to a repository that everybody may pull from`;
      throw new ConstructError(this, "image", problem);
    }
  }
}
