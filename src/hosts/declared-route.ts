import type { Construct } from "constructs";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { checkRedirect, DEFAULT_REDIRECT_STATUS, REDIRECT_OPTIONS, type Redirect } from "../release/redirect.ts";
import { ROUTE_OPTIONS, type RouteOptions, routeRules } from "../release/route-options.ts";
import { type Route, type RouteTarget, refuseRouteToWorker } from "../release/site.ts";
import { atProperty, ConstructError, checkRules } from "../terraform/construct-error.ts";
import { requireLiteral } from "../terraform/literal.ts";
import { HOST_GATEWAY, isHostGateway } from "../values/host-gateway.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import type { IBackend, IHost, IService, RouteTo, SiteRoute } from "./host.ts";
import { HostedService } from "./hosted-service.ts";

/** Where a route is declared. */
export interface RoutePlace {
  /** The site. */
  readonly scope: Construct;
  readonly host: IHost & Construct;
  readonly capabilities: HostCapabilities;
}

/** Reads what a path of a site was given. @throws {ConstructError} for what answers nothing there */
export function readRoute(place: RoutePlace, path: string, given: SiteRoute): Route {
  const { scope } = place;
  const property = `routes[${path}]`;
  if (isBackend(given)) return routeTo(place, path, given);
  const { to, redirect } = (given ?? {}) as Partial<RouteTo> & Partial<Redirect>;
  if (to !== undefined && redirect !== undefined) {
    throw new ConstructError(scope, property, `has both to and redirect (${redirect}): one path has one answer`);
  }
  if (redirect !== undefined) return { path, to: redirectTarget(place, property, given as Redirect) };
  if (!isBackend(to)) {
    const remedy = 'give what host.run returned, or Backend.fromAddress("10.0.0.5:8080")';
    const problem = { subject: "backend", rule: "must be a service or an address", got: to ?? given, remedy };
    throw new ConstructError(scope, property, problem);
  }
  const { to: _, ...proxy } = given as RouteTo;
  atProperty(scope, property, () => refuseUnknownOptions("route", given as RouteTo, { ...ROUTE_OPTIONS, to: true }));
  requireLiteral(scope, property, proxy);
  checkRules(scope, routeRules(path, proxy), (option) => `${property}.${option}`);
  return routeTo(place, path, to, proxy);
}

export function isBackend(value: unknown): value is IBackend {
  return typeof (value as Partial<IBackend> | null | undefined)?.addressFrom === "function";
}

function redirectTarget({ scope }: RoutePlace, property: string, given: Redirect): RouteTarget {
  const { redirect, status = DEFAULT_REDIRECT_STATUS } = requireLiteral(scope, property, given);
  atProperty(scope, property, () => {
    refuseUnknownOptions("redirect", given, REDIRECT_OPTIONS);
    checkRedirect(given);
  });
  return { redirect, status };
}

/** A service says itself what it speaks; of another host it is an address, of which the route has to say it. */
function routeTo(place: RoutePlace, path: string, backend: IBackend, proxy?: RouteOptions): Route {
  const to = targetOf(place, path, backend);
  const isFar = "address" in to && backend instanceof HostedService && backend.declaration.grpc;
  const all = isFar ? { ...proxy, grpc: true } : proxy;
  return { path, to, ...(all && { proxy: all }) };
}

function targetOf({ scope, host, capabilities }: RoutePlace, path: string, backend: IBackend): RouteTarget {
  if ((backend as Partial<IService>).host === host) {
    const { node, port } = backend as IService;
    if (port === undefined) atProperty(scope, `routes[${path}]`, () => refuseRouteToWorker(node.id));
    return { service: node.id };
  }
  const found = backend.addressFrom(host);
  // where a service of another host is may be known at the apply alone
  const address = backend instanceof HostedService ? found : requireLiteral(scope, "routes", found);
  if (isHostGateway(address) && !capabilities.hasHostGateway) {
    const problem = `${address} is a name for containers, and the proxy of ${host.node.path} is none: write ${address.replace(HOST_GATEWAY, "127.0.0.1")}`;
    throw new ConstructError(scope, `routes[${path}]`, problem);
  }
  return { address };
}
