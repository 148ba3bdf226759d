import type { HostChange } from "./comparison.ts";

/** The hosts whose price belongs into a review: those that are paid for and of which something changes. */
export function pricedChanges(hosts: readonly HostChange[]): HostChange[] {
  return hosts.filter(
    ({ region, effect, price }) => region && (effect !== "untouched" || price.before !== price.after),
  );
}

/** An amount as people read it. */
export function dollars(amount: number | undefined): string {
  return amount === undefined ? "unknown" : amount.toFixed(2);
}
