import { type DeclaredStack, type TrialSynthOptions, trialSynth } from "../terraform/trial-synth.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";

/**
 * Synthesizes a stack as the terminal does, validations and annotations included, for a test to ask. Nothing is built,
 * pulled or asked of a network.
 *
 * ```ts
 * const stack = synthesize(ShopStack, { id: "shop", env: { SHOP_VERSION: "1.4.2" } });
 * expect(stack.route("https://shop.example.com/api/7")).toReach("api", { path: "/7" });
 * ```
 *
 * @param declared A class of stacks, a function that declares things in the stack that it is given or returns one of its
 * own, or a stack that is there
 * @throws what a construct refuses, and all errors that the synth finds
 */
export function synthesize(declared: DeclaredStack, options: TrialSynthOptions = {}): SynthesizedStack {
  return new SynthesizedStack(trialSynth(declared, options));
}
