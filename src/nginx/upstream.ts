import { serviceName } from "../release/service-name.ts";
import { refuseRoute } from "../release/site.ts";
import { isHostGateway } from "../values/host-gateway.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { parsePort } from "../values/port-mapping.ts";
import { backendAddress, isNumericAddress } from "./argument.ts";
import { Directive } from "./directive.ts";
import type { NginxFlavour } from "./main-configuration.ts";
import type { UpstreamUrl } from "./request-target.ts";

/** A service of the host. */
export interface NginxService {
  /** At most 40 lower-case letters, digits and inner dashes, a letter first. */
  readonly name: string;
  /** The two loopback ports that its containers take in turn; needed on an instance. @default - none, in a container */
  readonly slots?: readonly [number, number];
  /**
   * Where the other services of the host reach it: a port, or an IP address and a port as `172.17.0.1:9001`.
   * @default - nowhere
   */
  readonly internalListener?: string | number;
  /** The port where hosts in front reach it. @default - nowhere */
  readonly frontListener?: number;
  /** Whether it speaks gRPC. @default false */
  readonly grpc?: boolean;
}

/** Where requests go: to a service of the host by its name, or to `host:port` somewhere else. */
export type NginxBackend = { readonly service: string } | { readonly address: string };

/** What a release writes about one service of a container's Nginx: where its live container is. */
export interface UpstreamFileOptions {
  readonly service: string;
  /** `name:port` of the container. */
  readonly address: string;
}

/**
 * The text of a service's upstream file beside a container's Nginx: a constant that Nginx resolves at each request, so
 * that a restarted container is found again at its new address.
 */
export function upstreamFile(options: UpstreamFileOptions): string {
  return Directive.constant({ upstream: serviceUpstream(options.service) }, options.address).print();
}

/** The name of the live folder's file that is there when requests to the service go to its second slot. */
export function slotFile(service: string): string {
  return `${serviceName(service)}.1`;
}

/** The word for the service: a variable, and with a slot's number behind it an upstream. */
function serviceUpstream(service: string, slot?: 0 | 1): string {
  const name = `slipway_${serviceName(service).replaceAll("-", "_")}`;
  return slot === undefined ? name : `${name}_${slot}`;
}

/** The service that requests to the variable `word` reach; none where it is an address's. */
export function serviceOfUpstream(word: string): string | undefined {
  return /^slipway_([a-z0-9_]+)$/.exec(word)?.[1]?.replaceAll("_", "-");
}

/**
 * The backends of one text: services, of which files beside it say where they are, and fixed addresses.
 *
 * Why both slots of a service are upstreams for good, and a file chooses at each request: a reload closes idle
 * connections that clients may be about to use, and ends websockets of services that did not change. A rename does not.
 */
export class Upstreams {
  private readonly services: ReadonlyMap<string, NginxService>;
  private readonly addresses: readonly string[];

  /** @throws InvalidValueError for a service of an instance without slots */
  constructor(
    readonly flavour: NginxFlavour,
    services: Iterable<NginxService>,
    addresses: Iterable<string> = [],
    private readonly grpcAddresses: ReadonlySet<string> = new Set(),
  ) {
    this.services = new Map([...services].map((service) => [serviceName(service.name), service]));
    this.addresses = [...new Set([...addresses].map(backendAddress))].sort();
  }

  /** @throws InvalidValueError for a service or address that is not one of these */
  urlOf(backend: NginxBackend): UpstreamUrl {
    if ("address" in backend && this.addresses.includes(backend.address)) {
      const upstream = `backend_${this.addresses.indexOf(backend.address) + 1}`;
      const grpc = this.grpcAddresses.has(backend.address);
      return { upstream, isVariable: this.isResolved(backend.address), ...(grpc && { grpc }) };
    }
    if ("service" in backend && this.services.has(backend.service)) {
      const grpc = this.services.get(backend.service)?.grpc ?? false;
      return { upstream: serviceUpstream(backend.service), isVariable: true, ...(grpc && { grpc }) };
    }
    return refuseRoute("service" in backend ? backend.service : backend.address, this.services.keys());
  }

  /** What stands about them in the text; where a container's services are stands in their upstream files alone. */
  directives(): Directive[] {
    const services = this.flavour === "container" ? [] : [...this.services.keys()].sort();
    return [
      ...services.flatMap((service) => this.slotBlocks(service)),
      ...this.addresses.map((address) => {
        const url = this.urlOf({ address });
        return url.isVariable ? Directive.constant(url, address) : upstreamBlock(url.upstream, address);
      }),
    ];
  }

  /** What a server needs that leads to `backends`: for each of its services which slot is live. */
  choices(backends: Iterable<NginxBackend>): Directive[] {
    if (this.flavour === "container") return [];
    const services = [...new Set([...backends].flatMap((to) => ("service" in to ? [to.service] : [])))].sort();
    return services.flatMap((service) =>
      Directive.upstreamByFile(serviceUpstream(service), slotFile(service), {
        there: serviceUpstream(service, 1),
        missing: serviceUpstream(service, 0),
      }),
    );
  }

  /**
   * Whether Nginx asks its name server at each request. Why not for a container's own machine: that name stands in the
   * container's hosts file, which Nginx reads when it starts, and no name server on Linux knows it.
   */
  private isResolved(address: string): boolean {
    if (this.flavour === "container") return !isHostGateway(address);
    return !isNumericAddress(address);
  }

  private slotBlocks(service: string): Directive[] {
    const slots = this.services.get(service)?.slots;
    if (slots === undefined) {
      throw new InvalidValueError({ subject: "service", rule: "must have two slots on an instance", got: service });
    }
    return slots.map((port, at) =>
      upstreamBlock(serviceUpstream(service, at as 0 | 1), `127.0.0.1:${parsePort(port, "slot")}`),
    );
  }
}

/**
 * Why connections that idle for a second are closed: the service must not be first (Gunicorn 2 s, Node 5 s), since a
 * POST that meets a closed one is not sent again.
 */
function upstreamBlock(upstream: string, address: string): Directive {
  const server = Directive.of("server", address);
  return Directive.upstream(upstream, server, [Directive.of("keepalive", 16), Directive.of("keepalive_timeout", "1s")]);
}
