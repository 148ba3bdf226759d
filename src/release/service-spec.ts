import type { SecretSource, Service } from "./service.ts";

/** What a running container was made of: where it differs, a release makes a new one. */
export interface ServiceSpec<Secret = SecretSource>
  extends Pick<Service, "image" | "port" | "env" | "memoryMiB" | "stopGraceSeconds" | "command"> {
  readonly secrets: Readonly<Record<string, Secret>>;
}

/**
 * The part of `service` that is its container's. Why neither its health nor its routes: a new demand is asked of the
 * container that runs, and a new site is Nginx's matter.
 */
export function serviceSpec<Secret>(service: ServiceSpec<Secret>): ServiceSpec<Secret> {
  const { image, port, env, secrets, memoryMiB, stopGraceSeconds, command } = service;
  const spec = { image, port, env, secrets, memoryMiB, stopGraceSeconds };
  return command === undefined ? spec : { ...spec, command };
}
