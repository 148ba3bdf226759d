/** What comes before what. */
export interface Ordered {
  readonly order: readonly string[];
  /** Pairs that would make a circle: the first cannot be told of the second. */
  readonly broken: readonly (readonly [from: string, to: string])[];
}

/** `names` in an order in which each comes behind those that it needs, else in their own. */
export function serviceOrder(names: readonly string[], needs: ReadonlyMap<string, ReadonlySet<string>>): Ordered {
  const order: string[] = [];
  const broken: [string, string][] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (name: string) => {
    state.set(name, "open");
    for (const needed of needs.get(name) ?? []) {
      if (state.get(needed) === "open") broken.push([name, needed]);
      else if (!state.has(needed) && names.includes(needed)) visit(needed);
    }
    state.set(name, "done");
    order.push(name);
  };
  for (const name of names) if (!state.has(name)) visit(name);
  return { order, broken };
}
