import type { IConstruct } from "constructs";
import { type OptionNames, refuseUnknownOptions } from "../values/known-options.ts";
import { atProperty } from "./construct-error.ts";

/**
 * Refuses a property that the construct, or the method named by `property`, does not read.
 *
 * @throws {ConstructError} with the nearest name that is known
 */
export function knownProps<T extends object>(
  scope: IConstruct,
  props: T | undefined,
  names: OptionNames<T>,
  property = "props",
): void {
  atProperty(scope, property, () => refuseUnknownOptions(scope.constructor.name, props, names));
}
