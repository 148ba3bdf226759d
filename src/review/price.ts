import type { Comparison, HostChange } from "./comparison.ts";

/** What is paid for, and what becomes of it. */
export type PricedChange = Pick<HostChange, "path" | "effect" | "region" | "price">;

/** The hosts and fleets whose price belongs into a review: those that are paid for and of which something changes. */
export function pricedChanges({ hosts, fleets = [] }: Pick<Comparison, "hosts" | "fleets">): PricedChange[] {
  return [...fleets, ...hosts].filter(
    ({ region, effect, price }) => region && (effect !== "untouched" || price.before !== price.after),
  );
}

/** An amount as people read it. */
export function dollars(amount: number | undefined): string {
  return amount === undefined ? "unknown" : amount.toFixed(2);
}
