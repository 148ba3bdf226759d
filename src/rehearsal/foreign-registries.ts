import { isLoopback, type SynthesizedStack } from "../cli/synthesized-stack.ts";

/** The registries that a stack logs in to and a rehearsal does not have: it plays the account's own. */
export function foreignRegistries(stack: SynthesizedStack, registryHost: string): string[] {
  const registries = stack.existingRegistries.map((url) => new URL(url));
  const foreign = registries.filter(({ host, hostname }) => host !== registryHost && !isLoopback(hostname));
  return [...new Set(foreign.map(({ host }) => host))].sort();
}
