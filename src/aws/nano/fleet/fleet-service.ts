import { Construct } from "constructs";
import type { IHost, IService } from "../../../hosts/host.ts";
import { ConstructError } from "../../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../../terraform/dependency.ts";
import { FAR } from "./fleet-host.ts";

/** Services of a fleet as `host` of it has them; what is none of them is left for that host to refuse. */
export function servicesOn(host: IHost, services: readonly IService[] | undefined): readonly IService[] | undefined {
  if (!Array.isArray(services)) return services;
  return services.map((service) => (service instanceof FleetService ? service.on(host) : service));
}

/** A service that every host of a fleet runs: one on each, alike but for its address elsewhere. */
export class FleetService extends Construct implements IService {
  /** @param each the service as each host has it */
  constructor(
    readonly host: IHost & Construct,
    id: string,
    private readonly each: ReadonlyMap<IHost, IService>,
  ) {
    super(host, id);
  }

  get port(): number | undefined {
    return this.first.port;
  }

  /** The same on every host, for ports are taken in the order of declaration. */
  get url(): string {
    return this.first.url;
  }

  get ready(): TerraformDependency[] {
    return this.host.ready;
  }

  addressFrom(host: IHost): string {
    if (host === this.host) return this.first.addressFrom(this.first.host);
    return this.on(host).addressFrom(host);
  }

  /** The service as `host` of the fleet has it. @throws {ConstructError} for a host that is none of them */
  on(host: IHost): IService {
    const own = this.each.get(host);
    if (own) return own;
    throw new ConstructError(this, "host", `cannot be reached from ${host.node.path}${FAR}`);
  }

  private get first(): IService {
    return [...this.each.values()][0] as IService;
  }
}
