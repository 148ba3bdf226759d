import { Construct } from "constructs";
import type { IImage } from "../docker/image.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import type { Service } from "../release/service.ts";
import type { ClaimedPorts } from "../release/service-ports.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { constructId } from "../terraform/literal.ts";
import { readService } from "./declared-service.ts";
import type { IHost, ISecret, IService, RunOptions } from "./host.ts";

/** What a host tells each of its services about their surroundings. */
export interface ServicePlace {
  readonly host: IHost & Construct;
  readonly capabilities: HostCapabilities;
  readonly ports: ClaimedPorts;
  /** `name:port` or `address:port` that leads to this service alone, on the host and where the host shares its network. */
  readonly address: string;
  /** Why the address leads nowhere from `host`, and the way out; nothing where it leads. */
  readonly unreachableFrom: (host: IHost) => string | undefined;
  /** `address:port` that leads from another host to `service`. */
  readonly addressFrom: (host: IHost, service: HostedService) => string;
}

/** A service of a host, checked; whatever the host makes for it becomes its child. */
export class HostedService extends Construct implements IService {
  readonly host: IHost;
  readonly url: string;
  readonly image: IImage;
  /** By the name under which the service gets them. */
  readonly secrets: Readonly<Record<string, ISecret>>;
  readonly ports: ClaimedPorts;
  /** The service as a release has it, but for the Host of its health check, which the sites decide. */
  readonly declaration: Service;

  /** @throws {ConstructError} for what no host can run, or this one cannot */
  constructor(
    id: string,
    options: RunOptions,
    private readonly place: ServicePlace,
  ) {
    super(place.host, constructId(place.host, id));
    this.host = place.host;
    this.declaration = readService(this, place.host, options, place.capabilities);
    this.image = options.image;
    this.secrets = options.secrets ?? {};
    this.ports = place.ports;
    this.url = `http://${place.address}`;
  }

  get ready(): TerraformDependency[] {
    return this.host.ready;
  }

  /** @throws {ConstructError} when `host` has no way to it */
  addressFrom(host: IHost): string {
    if (host === this.host) return this.place.address;
    const why = this.place.unreachableFrom(host);
    if (why === undefined) return this.place.addressFrom(host, this);
    throw new ConstructError(this, "host", `cannot be reached from ${host.node.path}${why}`);
  }
}
