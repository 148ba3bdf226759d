import type { Ask } from "./authorization/ask.ts";
import { readStatements, refusals } from "./authorization/policy.ts";

/** What of `asks` the policies refuse, each with the statement that comes nearest. */
export function refusedBy(policies: readonly string[], asks: readonly Ask[]): string[] {
  return refusals(readStatements(policies), asks);
}

/** How many different actions AWS asked about. */
export function actionsOf(asks: readonly Ask[]): string[] {
  return [...new Set(asks.map(({ action }) => action))].sort();
}

/** The policies that a stack hands to its deployer: the output whose name says so, a text or a list of them. */
export function policyOutput(outputs: Readonly<Record<string, unknown>>): string[] | undefined {
  const found = Object.entries(outputs).find(([name]) => /deployer/i.test(name))?.[1];
  const texts = [found ?? []].flat();
  const isPolicy = (text: unknown): text is string => typeof text === "string" && text.includes('"Statement"');
  return texts.length > 0 && texts.every(isPolicy) ? texts : undefined;
}
