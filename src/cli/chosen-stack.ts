import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stackNames } from "./stack-names.ts";
import { synth } from "./synth.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import { TerraformRun } from "./terraform-run.ts";
import type { Tools } from "./tools.ts";

/** The stack that is meant. */
export interface ChosenStack {
  readonly name: string;
  /** The app's output folder, where the app was run to find out. */
  readonly output?: string;
}

/** No stack was named, and which one is meant cannot be told; the message says which there are. */
export class UnnamedStackError extends Error {
  readonly exitStatus = 2;
}

/**
 * The stack that is meant when none is named: the one that package.json says, or the only one there is, or the one that
 * a person picks. To take away or to ask, only those count that are deployed from here, where any is.
 */
export async function chosenStack(
  verb: "up" | "down" | "outputs" | "review" | "diff",
  tools: Tools,
): Promise<ChosenStack> {
  const { terminal, project } = tools;
  if (project.stack !== undefined) return { name: project.stack };
  const deployed = verb === "up" || verb === "review" ? [] : deployedStacks(tools);
  const output = deployed.length > 0 ? undefined : await synthAll(tools);
  const names = output === undefined ? deployed : stackNames(output);
  const [only] = names;
  if (only !== undefined && names.length === 1) return { name: only, output };
  if (names.length === 0) throw new Error(`the app declares no stack: ${project.app}`);
  if (terminal.interactive) {
    for (const [index, name] of names.entries()) terminal.line(`  ${index + 1}  ${name}`);
    const typed = (await terminal.ask(`Which stack, 1 to ${names.length}? `)) ?? "";
    const picked = names.includes(typed) ? typed : names[Number(typed) - 1];
    if (picked !== undefined) return { name: picked, output };
  }
  throw new UnnamedStackError(`stack must be named, there are ${names.join(", ")}: slipway ${verb} ${only}`);
}

/** Synthesizes every stack that the app declares, and answers the folder that it wrote. */
export function synthAll(tools: Tools): Promise<string> {
  return tools.terminal.step("synthesize all stacks", () => synth(tools));
}

/** The stacks that were synthesized here and have a state with something in it, as far as that can be seen here, sorted. */
export function deployedStacks(tools: Tools): string[] {
  const output = join(tools.project.root, tools.project.output);
  const folder = join(output, "stacks");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => {
      const stack = SynthesizedStack.recall(output, name);
      const run = stack && new TerraformRun(stack, tools);
      return run?.hasState === true && !run.isTakenDown;
    });
}
