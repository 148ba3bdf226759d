import type { MachineEffect } from "./machine-change.ts";
import type { Model, ModelFleet } from "./model.ts";
import type { PriceChange } from "./price-change.ts";

/** What becomes of a fleet beside its hosts: what is paid for once. */
export interface FleetChange {
  readonly path: string;
  /** The paths of the hosts that it has or had. */
  readonly hosts: readonly string[];
  readonly effect: MachineEffect;
  readonly region?: string;
  readonly price: PriceChange;
}

/** What `after` changes of the fleets of `before`. */
export function compareFleets({ fleets: old = [] }: Model, { fleets: now = [] }: Model): FleetChange[] {
  const paths = [...new Set([...old, ...now].map(({ path }) => path))].sort();
  return paths.map((path) => {
    const [before, after] = [old, now].map((fleets) => fleets.find((each) => each.path === path));
    const region = (after ?? before)?.region;
    return {
      path,
      hosts: [...new Set([...(before?.hosts ?? []), ...(after?.hosts ?? [])])],
      effect: before === undefined ? "created" : after === undefined ? "removed" : "untouched",
      ...(region !== undefined && { region }),
      price: { ...priceOf("before", before), ...priceOf("after", after), surplus: 0, ...asOf(after) },
    };
  });
}

function priceOf(side: "before" | "after", fleet: ModelFleet | undefined): PriceChange {
  return fleet?.price?.total === undefined ? {} : { [side]: fleet.price.total };
}

function asOf(fleet: ModelFleet | undefined): PriceChange {
  return fleet?.price?.asOf === undefined ? {} : { asOf: fleet.price.asOf };
}
