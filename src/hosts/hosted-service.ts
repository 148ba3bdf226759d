import type { Construct } from "constructs";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import type { Service } from "../release/service.ts";
import type { ClaimedPorts } from "../release/service-ports.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import { readService } from "./declared-service.ts";
import type { IHost, IService, RunOptions } from "./host.ts";
import { HostedContainer } from "./hosted-container.ts";

/** Where a service is reached. */
interface ClaimedAddress {
  readonly ports: ClaimedPorts;
  /** `name:port` or `address:port` that leads to this service alone, on the host and where the host shares its network. */
  readonly address: string;
}

/** What a host tells each of its services about their surroundings. */
export interface ServicePlace {
  readonly host: IHost & Construct;
  readonly capabilities: HostCapabilities;
  /** Takes ports for `service`, which has one, in the order of declaration. */
  readonly claim: (service: HostedService) => ClaimedAddress;
  /** Why the address leads nowhere from `host`, and the way out; nothing where it leads. */
  readonly unreachableFrom: (host: IHost) => string | undefined;
  /** `address:port` that leads from another host to `service`. */
  readonly addressFrom: (host: IHost, service: HostedService) => string;
}

/** A service of a host, checked. */
export class HostedService extends HostedContainer implements IService {
  readonly port?: number;
  private readonly claimed?: ClaimedAddress;
  /** The service as a release has it, but for the Host of its health check, which the sites decide. */
  readonly declaration: Service;

  /** @throws {ConstructError} for what no host can run, or this one cannot */
  constructor(
    id: string,
    options: RunOptions,
    private readonly place: ServicePlace,
  ) {
    super(place.host, id, options);
    this.declaration = readService(this, place.host, options, place.capabilities);
    this.port = this.declaration.port;
    this.claimed = this.port === undefined ? undefined : place.claim(this);
  }

  get url(): string {
    return `http://${this.reached("url").address}`;
  }

  /** @throws {ConstructError} where it has no port */
  get ports(): ClaimedPorts {
    return this.reached("ports").ports;
  }

  /** @throws {ConstructError} when `host` has no way to it */
  addressFrom(host: IHost): string {
    const { address } = this.reached("host");
    if (host === this.host) return address;
    const why = this.place.unreachableFrom(host);
    if (why === undefined) return this.place.addressFrom(host, this);
    throw new ConstructError(this, "host", `cannot be reached from ${host.node.path}${why}`);
  }

  private reached(property: string): ClaimedAddress {
    if (this.claimed) return this.claimed;
    throw new ConstructError(this, property, "has no port, so that nothing reaches it: give host.run its port");
  }
}
