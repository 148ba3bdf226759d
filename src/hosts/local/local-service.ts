import { Construct } from "constructs";
import { Container } from "../../docker/container.ts";
import type { INetwork } from "../../docker/network.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { constructId } from "../../terraform/literal.ts";
import type { HealthCheck } from "../../values/health-check.ts";
import { readService } from "../declared-service.ts";
import { type IHost, type IService, RUN_OPTIONS, type RunOptions } from "../host.ts";

/** What a host tells each of its services about their surroundings. */
export interface LocalServicePlace {
  readonly host: IHost;
  readonly network: INetwork;
  /** `name:port` of the host's Nginx that leads to this service alone. */
  readonly internalAddress: string;
}

/**
 * A container of a {@link IHost} on a Docker engine. It publishes no port and is never replaced in place: the new one
 * starts beside the old one, and only a release that found it healthy lets Nginx, and then Terraform, move on.
 */
export class LocalService extends Construct implements IService {
  readonly host: IHost;
  readonly url: string;
  readonly port: number;
  readonly health: HealthCheck;
  readonly ready: TerraformDependency[];
  /** References to the container that this apply runs. */
  readonly containerName: string;
  readonly containerId: string;

  /** @throws {ConstructError} for what {@link readService} refuses */
  constructor(
    scope: Construct,
    id: string,
    options: RunOptions,
    private readonly place: LocalServicePlace,
  ) {
    super(scope, constructId(scope, id));
    this.host = place.host;
    this.url = `http://${place.internalAddress}`;
    const { image, port, health } = readService(this, place.host, options, RUN_OPTIONS);
    this.port = port;
    this.health = health;
    const container = new Container(this, "Container", {
      image,
      network: place.network,
      env: options.env,
      command: options.command,
      memoryMiB: options.memoryMiB,
      stopGraceSeconds: options.stopGraceSeconds,
      replacement: "start-first",
    });
    this.containerName = container.containerName;
    this.containerId = container.containerId;
    this.ready = container.ready;
  }

  /** @throws {ConstructError} when `host` does not share this service's network */
  addressFrom(host: IHost): string {
    if (host === this.host || networkOf(host) === this.place.network) return this.place.internalAddress;
    throw new ConstructError(
      this,
      "host",
      `cannot be reached from ${host.node.path}, which has another network: give both hosts one network, or serve Backend.fromAddress`,
    );
  }
}

function networkOf(host: IHost): unknown {
  return (host as Partial<{ network: unknown }>).network;
}
