import { Annotations, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Container } from "../docker/container.ts";
import type { INetwork } from "../docker/network.ts";
import { at, ConstructError } from "../terraform/construct-error.ts";
import { constructId } from "../terraform/construct-id.ts";
import { literal } from "../terraform/literal.ts";
import { HealthCheck } from "../values/health-check.ts";
import { parsePort } from "../values/port-mapping.ts";
import type { IHost, IService, RunOptions } from "./host.ts";

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
  readonly ready: ITerraformDependable[];
  /** References to the container that this apply runs. */
  readonly containerName: string;
  readonly containerId: string;

  /** @throws {ConstructError} when no port is known, or the host cannot run the image's platform */
  constructor(
    scope: Construct,
    id: string,
    options: RunOptions,
    private readonly place: LocalServicePlace,
  ) {
    super(scope, constructId(scope, id));
    this.host = place.host;
    this.url = `http://${place.internalAddress}`;
    this.health = healthOf(this, options);
    this.port = servicePort(this, options);
    checkPlatform(this, place.host, options);
    const container = new Container(this, "Container", {
      image: options.image,
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
      `cannot be reached from ${host.node.path}, which has another network: give both hosts one network, or serve an Address`,
    );
  }
}

function healthOf(scope: Construct, { health = HealthCheck.tcp() }: RunOptions): HealthCheck {
  if (health instanceof HealthCheck) return health;
  const rule = 'must be a health check, written HealthCheck.http("/status") or HealthCheck.tcp()';
  throw new ConstructError(scope, "health", { subject: "health", rule, got: health });
}

/** The port that a service listens on: as declared, else the one that its image exposes. */
export function servicePort(scope: Construct, options: RunOptions): number {
  const exposed = options.image.exposedPorts ?? [];
  const port = literal(scope, "port", options.port) ?? (exposed.length === 1 ? exposed[0] : undefined);
  if (port === undefined) {
    const why = exposed.length === 0 ? "exposes no port that is known" : `exposes ${exposed.join(", ")}`;
    throw new ConstructError(scope, "port", `is needed: the image ${why}; say which one the service listens on`);
  }
  const checked = at(scope, "port", () => parsePort(port, "service port"));
  if (exposed.length > 0 && !exposed.includes(checked)) {
    Annotations.of(scope).addWarning(`port: is ${checked}, but the image's Dockerfile exposes ${exposed.join(", ")}`);
  }
  return checked;
}

/** Refuses an image that the host's machine cannot run. */
export function checkPlatform(scope: Construct, host: IHost, options: RunOptions): void {
  const { platform } = options.image;
  if (platform && host.platform && !host.platform.runs(platform)) {
    throw new ConstructError(
      scope,
      "image",
      `is built for ${platform}, but the host ${host.node.path} runs ${host.platform}: build it for ${host.platform}, or choose another host`,
    );
  }
}

function networkOf(host: IHost): unknown {
  return (host as Partial<{ network: unknown }>).network;
}
