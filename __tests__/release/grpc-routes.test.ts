import { refuseMixedProtocols } from "../../src/release/grpc-routes.ts";
import type { RouteOptions } from "../../src/release/route-options.ts";
import { service } from "../../src/release/service.ts";
import { serviceSpec } from "../../src/release/service-spec.ts";
import type { RouteTarget, Site } from "../../src/release/site.ts";
import { HealthCheck } from "../../src/values/health-check.ts";

const declared = { name: "web", image: `web@sha256:${"a1".repeat(32)}`, port: 80 };
const services = [service(declared), service({ ...declared, name: "api", grpc: true })];
const address = { address: "10.0.0.5:80" };

function sites(...routes: [to: RouteTarget, proxy?: RouteOptions][]): Site[] {
  return routes.map(([to, proxy], at) => ({ name: `${at}.test`, routes: [{ path: "/a", to, proxy }], proxy: {} }));
}

test.each<[string, Site[], string]>([
  [
    "gRPC to a service that does not speak it",
    sites([{ service: "web" }, { grpc: true }]),
    'route of 0.test must lead to a service that speaks gRPC, which web does not, got "/a": give grpc: true to host.run',
  ],
  [
    "an address by both",
    sites([address, { grpc: true }], [address]),
    "route of 1.test must be of gRPC as all others to 10.0.0.5:80, or none of them",
  ],
  ["a stripped method of a service", sites([{ service: "api" }, { stripPrefix: true }]), "must not strip its path"],
  ["a stripped method of an address", sites([address, { grpc: true, stripPrefix: true }]), "must not strip its path"],
])("refuses %s", (_, declaredSites, message) => {
  expect(() => refuseMixedProtocols(services, declaredSites)).toThrow(message);
});

test("takes each by its own protocol", () => {
  const all = sites(
    [{ service: "web" }, { stripPrefix: true }],
    [{ service: "api" }, { grpc: true }],
    [{ service: "api" }],
  );
  const others = sites([address, { grpc: true }], [address, { grpc: true }], [{ redirect: "/b", status: 308 }]);
  expect(() => refuseMixedProtocols(services, [...all, ...others])).not.toThrow();
});

test("a service that speaks gRPC is asked by its port, and is no other container for it", () => {
  const http = { ...declared, grpc: true, health: HealthCheck.http("/") };
  expect(() => service(http)).toThrow("health check must be one of the port where the service speaks gRPC");
  expect(() => service({ ...declared, grpc: "yes" as never })).toThrow("grpc must be true or false");
  expect(serviceSpec(service({ ...declared, grpc: true }))).toEqual(serviceSpec(service(declared)));
});
