import { TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";

/** The stack that owns a container, network, volume or image on an engine; `slipway down` sweeps by it. */
export const STACK_LABEL = "dev.slipway.stack";
/** The construct that declared it, for a person who looks at the engine. */
export const CONSTRUCT_LABEL = "dev.slipway.construct";
/** The content id that an image was built from, by which a registry's image is known to be ours. */
export const CONTENT_LABEL = "dev.slipway.content";
/** A digest of settings that the provider neither updates nor replaces for; a change of the label replaces. */
export const SETTINGS_LABEL = "dev.slipway.settings";

/** The labels by which everything that `construct` puts on an engine can be found again. */
export function ownershipLabels(construct: IConstruct): Record<string, string> {
  return { [STACK_LABEL]: TerraformStack.of(construct).node.id, [CONSTRUCT_LABEL]: construct.node.path };
}

/** The provider's block form of a label map, sorted. */
export function labelBlocks(labels: Readonly<Record<string, string>>): { label: string; value: string }[] {
  return Object.keys(labels)
    .sort()
    .map((label) => ({ label, value: labels[label] as string }));
}
