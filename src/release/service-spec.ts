import type { Service } from "./service.ts";

/** What a running container was made of: where it differs, a release makes a new one. */
export type ServiceSpec = Omit<Service, "name" | "health" | "grpc">;

/**
 * The part of `service` that is its container's. Why neither its health nor its routes nor its protocol: a new demand is asked of the
 * container that runs, and the rest is Nginx's matter.
 */
export function serviceSpec({ name: _, health: __, grpc: ___, ...spec }: Service): ServiceSpec {
  return spec;
}
