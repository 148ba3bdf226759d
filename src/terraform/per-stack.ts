import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/**
 * One value a stack, made by `make` when it is first asked for. Why not found by a search of the tree: at each use that
 * grows with the square of what is declared. Nor kept in the stack: what is no longer used goes with it.
 */
export function perStack<T>(make: () => T): (scope: IConstruct) => T {
  return perOwner((scope) => TerraformStack.of(scope), make);
}

/** One value an app, for what no two of its stacks may share. */
export function perApp<T>(make: () => T): (scope: IConstruct) => T {
  return perOwner((scope) => scope.node.root, make);
}

function perOwner<T>(ownerOf: (scope: IConstruct) => IConstruct, make: () => T): (scope: IConstruct) => T {
  const values = new WeakMap<IConstruct, { readonly value: T }>();
  return (scope) => {
    const owner = ownerOf(scope);
    const found = values.get(owner) ?? { value: make() };
    values.set(owner, found);
    return found.value;
  };
}
