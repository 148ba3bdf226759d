import type { Service } from "../release/service.ts";

/** The lines `NAME NAMES` that `core.sh` reads, tabs between: each service that depends on others, and those. */
export function dependencyLines(services: readonly Pick<Service, "name" | "dependsOn">[]): string {
  return services.map(({ name, dependsOn }) => (dependsOn ? `${name}\t${dependsOn.join(",")}\n` : "")).join("");
}
