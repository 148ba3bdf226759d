import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { OptionNames } from "../values/known-options.ts";
import { checkSwitch } from "../values/switch.ts";
import { PROXY_OPTIONS, type ProxyOptions, proxyRules } from "./proxy-options.ts";

/** What a route may declare beside its path and its backend; what it says counts for it in place of the site's word. */
export interface RouteOptions extends ProxyOptions {
  /** Whether the service gets the path without the route's own, `/api/x` as `/x`. @default false */
  readonly stripPrefix?: boolean;
  /** Whether requests pass by gRPC; needed for an address alone, since a service says so itself. @default false */
  readonly grpc?: boolean;
}

export const ROUTE_OPTIONS: OptionNames<RouteOptions> = { ...PROXY_OPTIONS, stripPrefix: true, grpc: true };

/** The rules of a route's options, by the option that each is about. */
export function routeRules(
  path: string,
  options: RouteOptions,
): Readonly<Partial<Record<keyof RouteOptions, () => void>>> {
  return {
    ...proxyRules(options),
    grpc: () => checkSwitch("grpc", options.grpc),
    stripPrefix: () => {
      checkSwitch("stripPrefix", options.stripPrefix);
      if (!options.stripPrefix || path !== "/") return;
      const remedy = "leave it out";
      throw new InvalidValueError({ subject: "stripPrefix", rule: "must have a path to take away", got: path, remedy });
    },
  };
}
