import { InvalidValueError } from "../values/invalid-value-error.ts";
import type { Service } from "./service.ts";

type OrderedService = Pick<Service, "name" | "dependsOn">;

/** @throws InvalidValueError for a service that depends on what is none of the `services`, or on itself, be it by others */
export function refuseImpossibleOrder(services: ReadonlyMap<string, OrderedService>): void {
  for (const { name, dependsOn = [] } of services.values()) {
    const refuse = (rule: string, got: string, remedy: string) => {
      throw new InvalidValueError({ subject: `service ${name}`, rule, got, remedy });
    };
    const stranger = dependsOn.find((each) => !services.has(each));
    const declared = () => `declared: ${[...services.keys()].sort().join(", ")}`;
    if (stranger !== undefined) refuse("must depend on a service that is declared", stranger, declared());
    const circle = wayBack(name, services);
    if (circle === undefined) continue;
    const remedy = "leave one of these dependencies out, and let that program try again";
    refuse("must not depend on itself", [name, ...circle].join(" → "), remedy);
  }
}

/** How `name` comes to depend on itself: whom it names, whom that names, and so on; nothing where it does not. */
function wayBack(name: string, services: ReadonlyMap<string, OrderedService>): string[] | undefined {
  const seen = new Set<string>();
  const search = (at: string): string[] | undefined => {
    for (const next of services.get(at)?.dependsOn ?? []) {
      if (next === name) return [next];
      if (seen.has(next)) continue;
      seen.add(next);
      const rest = search(next);
      if (rest) return [next, ...rest];
    }
    return undefined;
  };
  return search(name);
}
