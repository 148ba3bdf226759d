import type { Service } from "./service.ts";

/** What a running container was made of: where it differs, a release makes a new one. */
export type ServiceSpec = Omit<Service, "name" | "health">;

/**
 * The part of `service` that is its container's. Why neither its health nor its routes: a new demand is asked of the
 * container that runs, and a new site is Nginx's matter.
 */
export function serviceSpec({ name: _, health: __, ...spec }: Service): ServiceSpec {
  return spec;
}
