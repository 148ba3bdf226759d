import type { SynthesizedStack } from "../cli/synthesized-stack.ts";
import { foreignRegistries } from "./foreign-registries.ts";

/** The registry of an account, as AWS calls it. */
export function registryHostOf(account: string, region: string): string {
  return `${account}.dkr.ecr.${region}.amazonaws.com`;
}

/** What of a stack a rehearsal cannot play, a line each with what to do: all of it can be read from what synth wrote. */
export function unplayable(stack: SynthesizedStack, registryHost: string): string[] {
  const problems = [];
  const foreign = foreignRegistries(stack, registryHost);
  if (foreign.length > 0)
    problems.push(
      `${stack.name} pushes to ${foreign.join(" and ")}, and a rehearsal has ECR only: rehearse it with its images there`,
    );
  const state = stack.localStatePath;
  if (state !== `../../../terraform.${stack.name}.tfstate`)
    problems.push(
      `${stack.name} must keep its state beside the project to be rehearsed, got ${state ?? "a backend elsewhere"}: useLocalBackend(this) in the stack`,
    );
  return problems;
}
