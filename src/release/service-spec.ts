import type { Service } from "./service.ts";

/** What a running container was made of: where it differs, a release makes a new one. */
export type ServiceSpec = Omit<Service, "name" | "health" | "grpc" | "dependsOn">;

/**
 * The part of `service` that is its container's. Why neither its health nor its routes nor its protocol: a new demand is asked of the
 * container that runs, and the rest is Nginx's matter. Nor what it depends on: that is about how it starts, not what.
 */
export function serviceSpec({ name: _, health: __, grpc: ___, dependsOn: ____, ...spec }: Service): ServiceSpec {
  return spec;
}
