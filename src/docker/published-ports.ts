import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { ConstructError } from "../terraform/construct-error.ts";
import type { PortMapping } from "../values/port-mapping.ts";

const published = new WeakMap<TerraformStack, { readonly by: IConstruct; readonly port: PortMapping }[]>();

/**
 * Takes a port of the engine's machine for `construct`. Why at synth: the engine would find out only when the first
 * of the two runs already.
 *
 * @throws {ConstructError} when another container of the stack publishes it
 */
export function publishPort(construct: IConstruct, port: PortMapping): void {
  const stack = TerraformStack.of(construct);
  const taken = published.get(stack) ?? [];
  const holder = taken.find((other) => other.port.overlaps(port));
  if (holder) {
    throw new ConstructError(
      construct,
      "ports",
      `port ${port.host} is published by ${holder.by.node.path} already: choose another port for one of them`,
    );
  }
  published.set(stack, [...taken, { by: construct, port }]);
}
