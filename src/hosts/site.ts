import { Construct } from "constructs";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { ServerName } from "../values/server-name.ts";
import { type IBackend, type IHost, type IService, type ISite, SITE_OPTIONS, type SiteOptions } from "./host.ts";

/** Where a route leads: to a service of the site's own host by name, or to an address. */
export type RouteTarget = { readonly service: string } | { readonly address: string };

/** A server name of a host and its routes; the host's release turns it into an Nginx `server`. */
export class Site extends Construct implements ISite {
  readonly name: string;
  private readonly targets = new Map<string, RouteTarget>();

  /** @throws {ConstructError} for a malformed name or route */
  constructor(
    private readonly host: IHost & Construct,
    name: string,
    routes: Readonly<Record<string, IBackend>>,
    readonly options: SiteOptions = {},
  ) {
    const parsed = atProperty(host, "serve", () => ServerName.parse(requireLiteral(host, "serve", name))).toString();
    if (host.node.tryFindChild(`Site-${parsed}`)) {
      throw new ConstructError(host, "serve", `serves ${parsed} already: add a route to that site instead`);
    }
    super(host, `Site-${parsed}`);
    this.name = parsed;
    atProperty(this, "options", () => refuseUnknownOptions("site", options, SITE_OPTIONS));
    this.checkRoutes(routes);
    if (Object.keys(routes).length === 0) {
      throw new ConstructError(this, "routes", 'must not be empty: say what serves the name, e.g. { "/": service }');
    }
    for (const [path, backend] of Object.entries(routes)) this.addRoute(path, backend);
  }

  addRoute(path: string, to: IBackend): void {
    requireLiteral(this, "routes", path);
    if (this.targets.has(path)) throw new ConstructError(this, `routes[${path}]`, "is taken: one path has one backend");
    if (!isBackend(to)) {
      const remedy = 'give what host.run returned, or Backend.fromAddress("10.0.0.5:8080")';
      const problem = { subject: "backend", rule: "must be a service or an address", got: to, remedy };
      throw new ConstructError(this, `routes[${path}]`, problem);
    }
    this.targets.set(path, this.targetOf(to));
  }

  /** The routes by path, sorted. */
  get routes(): ReadonlyMap<string, RouteTarget> {
    return new Map([...this.targets].sort(([a], [b]) => (a < b ? -1 : 1)));
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

  private targetOf(backend: IBackend): RouteTarget {
    if (isServiceOf(this.host, backend)) return { service: backend.node.id };
    return { address: requireLiteral(this, "routes", backend.addressFrom(this.host)) };
  }
}

function isBackend(value: unknown): value is IBackend {
  return typeof (value as Partial<IBackend> | null | undefined)?.addressFrom === "function";
}

function isServiceOf(host: IHost, backend: IBackend): backend is IService {
  return (backend as Partial<IService>).host === host;
}
