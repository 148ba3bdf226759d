import { isIP } from "node:net";
import { serviceName } from "../release/service-name.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { backendAddress, type UpstreamUrl } from "./argument.ts";
import { Directive } from "./directive.ts";
import type { NginxFlavour } from "./main-configuration.ts";

/** The word by which Nginx knows the service, as an upstream or, behind `$`, as a variable. */
function serviceUpstream(service: string): string {
  return `slipway_${serviceName(service).replaceAll("-", "_")}`;
}

/** Where requests go: to a service of the host by its name, or to `host:port` somewhere else. */
export type NginxBackend = { readonly service: string } | { readonly address: string };

/** What a release writes about one service: where its live container is. */
export interface UpstreamFileOptions {
  readonly flavour: NginxFlavour;
  readonly service: string;
  /** `name:port` of the container, or the loopback address and port of the slot. */
  readonly address: string;
}

/**
 * The text of a service's upstream file. In a container a constant that Nginx resolves at each request, so that a
 * restarted container is found again at its new address; on an instance one line inside the upstream's block.
 */
export function upstreamFile(options: UpstreamFileOptions): string {
  const upstream = serviceUpstream(options.service);
  return options.flavour === "container"
    ? Directive.constant({ upstream }, options.address).print()
    : Directive.of("server", options.address).print();
}

/** The backends of one sites' file: the services, whose addresses a release writes, and fixed addresses. */
export class Upstreams {
  private readonly services: ReadonlySet<string>;
  private readonly addresses: readonly string[];

  constructor(
    private readonly flavour: NginxFlavour,
    services: Iterable<string>,
    addresses: Iterable<string>,
  ) {
    this.services = new Set([...services].map(serviceName));
    this.addresses = [...new Set([...addresses].map(backendAddress))].sort();
  }

  /** @throws InvalidValueError for a service or address that is not one of these */
  urlOf(backend: NginxBackend): UpstreamUrl {
    if ("address" in backend && this.addresses.includes(backend.address)) {
      const upstream = `backend_${this.addresses.indexOf(backend.address) + 1}`;
      return { upstream, isVariable: this.flavour === "container" || !isNumeric(backend.address) };
    }
    if ("service" in backend && this.services.has(backend.service)) {
      return { upstream: serviceUpstream(backend.service), isVariable: this.flavour === "container" };
    }
    throw new InvalidValueError({
      subject: "route",
      rule: "must lead to a service that is declared",
      got: "service" in backend ? backend.service : backend.address,
      remedy: `declared: ${[...this.services].sort().join(", ") || "none"}`,
    });
  }

  /** What stands about them in the sites' file; a service that is a variable stands in its upstream file alone. */
  directives(): Directive[] {
    const include = (service: string) => Directive.of("include", `/etc/nginx/slipway/upstreams/${service}.conf`);
    const services = this.flavour === "container" ? [] : [...this.services].sort();
    return [
      ...services.map((service) => upstreamBlock(this.urlOf({ service }), include(service))),
      ...this.addresses.map((address) => {
        const url = this.urlOf({ address });
        return url.isVariable ? Directive.constant(url, address) : upstreamBlock(url, Directive.of("server", address));
      }),
    ];
  }
}

/**
 * Why connections that idle for a second are closed: the service must not be first (Gunicorn 2 s, Node 5 s), since a
 * POST that meets a closed one is not sent again.
 */
function upstreamBlock({ upstream }: UpstreamUrl, where: Directive): Directive {
  return Directive.upstream(upstream, where, [Directive.of("keepalive", 16), Directive.of("keepalive_timeout", "1s")]);
}

function isNumeric(address: string): boolean {
  return isIP(address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1")) !== 0;
}
