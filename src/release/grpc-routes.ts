import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { Service } from "./service.ts";
import type { Route, Site } from "./site.ts";

/**
 * Refuses routes of gRPC to what does not speak it, and what such a route cannot have. Why one protocol a backend: a
 * proxy keeps its connections, and one of HTTP/1.1 is none of HTTP/2.
 *
 * @throws InvalidValueError
 */
export function refuseMixedProtocols(services: readonly Service[], sites: readonly Site[]): void {
  const speaking = new Set(services.filter(({ grpc }) => grpc).map(({ name }) => name));
  const addresses = new Map<string, boolean>();
  for (const { name, routes } of sites) {
    for (const { path, to, proxy = {} } of routes) {
      const refuse = (rule: string, remedy: string): never => {
        throw new InvalidValueError({ subject: `route of ${name}`, rule, got: path, remedy });
      };
      if ("redirect" in to) continue;
      if ("service" in to) {
        if (proxy.grpc && !speaking.has(to.service)) {
          refuse(
            `must lead to a service that speaks gRPC, which ${to.service} does not`,
            "give grpc: true to host.run",
          );
        }
      } else if ((addresses.get(to.address) ?? proxy.grpc ?? false) !== (proxy.grpc ?? false)) {
        refuse(`must be of gRPC as all others to ${to.address}, or none of them`, "give grpc: true to each");
      } else addresses.set(to.address, proxy.grpc ?? false);
      if (proxy.stripPrefix && isGrpc({ to, proxy, path }, speaking)) {
        refuse("must not strip its path where it is of gRPC", "a method's name is its whole path");
      }
    }
  }
}

function isGrpc({ to, proxy }: Route, speaking: ReadonlySet<string>): boolean {
  return "service" in to ? speaking.has(to.service) : (proxy?.grpc ?? false);
}
