import { Construct } from "constructs";
import { longestSilence } from "../release/drain.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { readTimeout } from "../release/proxy-options.ts";
import type { RouteTarget, Site } from "../release/site.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { HOST_GATEWAY, isHostGateway } from "../values/host-gateway.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { ServerName } from "../values/server-name.ts";
import { type IBackend, type IHost, type IService, type ISite, SITE_OPTIONS, type SiteOptions } from "./host.ts";

/** What a host tells each of its sites about their surroundings. */
export interface SitePlace {
  readonly host: IHost & Construct;
  readonly capabilities: HostCapabilities;
  /** Hears of each route that is added later. */
  readonly onChange: (site: HostedSite) => void;
}

/** A server name of a host and its routes. */
export class HostedSite extends Construct implements ISite {
  readonly name: string;
  private readonly targets = new Map<string, RouteTarget>();
  private readonly declared: boolean = false;

  /** @throws {ConstructError} for a malformed name, option or route */
  constructor(
    private readonly place: SitePlace,
    name: string,
    routes: Readonly<Record<string, IBackend>>,
    private readonly options: SiteOptions = {},
  ) {
    const { host } = place;
    const parsed = atProperty(host, "serve", () => ServerName.parse(requireLiteral(host, "serve", name))).toString();
    if (host.node.tryFindChild(`Site-${parsed}`)) {
      throw new ConstructError(host, "serve", `serves ${parsed} already: add a route to that site instead`);
    }
    super(host, `Site-${parsed}`);
    this.name = parsed;
    atProperty(this, "options", () => {
      refuseUnknownOptions("site", options, SITE_OPTIONS);
      readTimeout(longestSilence(this.declaration));
    });
    this.checkRoutes(routes);
    if (Object.keys(routes).length === 0) {
      throw new ConstructError(this, "routes", 'must not be empty: say what serves the name, e.g. { "/": service }');
    }
    for (const [path, backend] of Object.entries(routes)) this.addRoute(path, backend);
    this.declared = true;
  }

  addRoute(path: string, to: IBackend): void {
    requireLiteral(this, "routes", path);
    if (this.targets.has(path)) throw new ConstructError(this, `routes[${path}]`, "is taken: one path has one backend");
    if (!isBackend(to)) {
      const remedy = 'give what host.run returned, or Backend.fromAddress("10.0.0.5:8080")';
      const problem = { subject: "backend", rule: "must be a service or an address", got: to, remedy };
      throw new ConstructError(this, `routes[${path}]`, problem);
    }
    this.targets.set(path, this.targetOf(path, to));
    if (this.declared) this.place.onChange(this);
  }

  /** The site as a release has it. */
  get declaration(): Site {
    const routes = [...this.targets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, to]) => ({ path, to }));
    return { name: this.name, routes, proxy: this.options };
  }

  private checkRoutes(routes: unknown): void {
    if (typeof routes === "object" && routes !== null && !Array.isArray(routes) && !isBackend(routes)) return;
    const problem = {
      subject: "routes",
      rule: "must be backends by path",
      got: routes,
      remedy: 'write { "/": service }',
    };
    throw new ConstructError(this, "routes", problem);
  }

  private targetOf(path: string, backend: IBackend): RouteTarget {
    const { host, capabilities } = this.place;
    if ((backend as Partial<IService>).host === host) return { service: (backend as IService).node.id };
    const address = requireLiteral(this, "routes", backend.addressFrom(host));
    if (isHostGateway(address) && !capabilities.hasHostGateway) {
      const problem = `${address} is a name for containers, and the proxy of ${host.node.path} is none: write ${address.replace(HOST_GATEWAY, "127.0.0.1")}`;
      throw new ConstructError(this, `routes[${path}]`, problem);
    }
    return { address };
  }
}

function isBackend(value: unknown): value is IBackend {
  return typeof (value as Partial<IBackend> | null | undefined)?.addressFrom === "function";
}
