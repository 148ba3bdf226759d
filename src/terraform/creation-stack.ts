/**
 * Takes away the stack trace that cdktf's core captures of every token, for all of this process. Why: a container's
 * resource alone makes dozens of tokens, and the traces are most of what a synth costs; they serve only the core's own
 * messages about a token that does not resolve, where the construct's path says more. An error's own trace is no
 * concern of it and stays whole.
 *
 * The core has no setting for it in 0.21, so the functions that capture are replaced in their module. A core that keeps
 * them elsewhere captures as before: that costs time and nothing else.
 */
const CAPTURES = ["captureStackTrace", "captureCreationStack"] as const;

type Captures = Partial<Record<(typeof CAPTURES)[number], () => string[]>>;

/** Replaces what captures in the module that `load` returns; says whether there was anything to replace. */
export function withoutCreationStacks(load: () => Captures): boolean {
  try {
    const module = load();
    const found = CAPTURES.filter((name) => typeof module[name] === "function");
    for (const name of found) module[name] = () => [];
    return found.length > 0;
  } catch {
    return false;
  }
}

/** Whether tokens are made without their traces in this process. */
export const sparesCreationStacks = withoutCreationStacks(() => require("cdktf/lib/tokens/private/stack-trace"));
