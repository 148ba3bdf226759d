import { existsSync } from "node:fs";
import { join } from "node:path";
import { deployedStacks, synthAll } from "./chosen-stack.ts";
import { down } from "./down.ts";
import { expiryOf, inUtc, isOfPreview, noteExpired } from "./preview.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import type { Arguments, Tools } from "./tools.ts";

/** What became of one preview. */
interface Outcome {
  readonly name: string;
  readonly expires?: string;
  readonly outcome: "kept" | "removed" | "failed";
  readonly problem?: string;
}

/**
 * Takes away every preview whose time is over, and no other stack whatever it is called. Nobody is asked: that it goes is
 * what its declaration says. One that fails does not keep the others; the next run tries it again.
 */
export async function downExpired({ json }: Arguments, tools: Tools): Promise<number> {
  const { terminal, project } = tools;
  const output = join(project.root, project.output);
  if (!existsSync(join(output, "stacks"))) await synthAll(tools);
  const outcomes: Outcome[] = [];
  for (const name of deployedStacks(tools)) {
    const stack = SynthesizedStack.recall(output, name);
    if (!stack || !isOfPreview(stack)) continue;
    const outcome = await outcomeOf(stack, tools);
    if (outcome) outcomes.push(outcome);
  }
  for (const { name, expires, outcome, problem } of outcomes) {
    if (outcome === "failed") terminal.fail(`${name} is not wholly down: ${problem}`);
    else
      terminal.line(
        outcome === "kept" ? `${name} is kept until ${expires}` : `${name} is down, its time was ${expires}`,
      );
  }
  if (outcomes.length === 0) terminal.line("no preview is deployed from here");
  if (json) console.log(JSON.stringify({ schema: 1, stacks: outcomes }, null, 2));
  return outcomes.some(({ outcome }) => outcome === "failed") ? 1 : 0;
}

/** Nothing of one that is not there. */
async function outcomeOf(stack: SynthesizedStack, tools: Tools): Promise<Outcome | undefined> {
  const { name } = stack;
  let expires: string | undefined;
  try {
    const date = await expiryOf(stack, tools);
    if (date === undefined) return undefined;
    expires = inUtc(date);
    if (date.getTime() > Date.now()) return { name, expires, outcome: "kept" };
    noteExpired(stack, expires);
    const code = await down({ verb: "down", operand: name, autoApprove: true }, tools);
    if (code === 0) {
      noteExpired(stack, undefined);
      return { name, expires, outcome: "removed" };
    }
    return { name, expires, outcome: "failed", problem: "something of it is still there" };
  } catch (error) {
    return { name, expires, outcome: "failed", problem: (error as Error).message };
  }
}
