import { join } from "node:path";
import { chosenStack, deployedStacks } from "./chosen-stack.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import { TerraformRun } from "./terraform-run.ts";
import type { Arguments, Tools } from "./tools.ts";

/** Prints the outputs of a stack that is deployed, as Terraform's state has them; what is sensitive is named alone. */
export async function outputs({ operand, json }: Arguments, tools: Tools): Promise<number> {
  const { terminal, project } = tools;
  const name = operand ?? (await chosenStack("outputs", tools)).name;
  const stack = SynthesizedStack.recall(join(project.root, project.output), name);
  const terraform = tools.terraform ?? (await tools.findTerraform()).tool;
  const run = stack && new TerraformRun(stack, { ...tools, terraform });
  if (!run?.hasState) {
    const there = deployedStacks(tools).join(", ") || "none";
    terminal.fail(`${name} is not deployed from here; there are: ${there}`);
    return 1;
  }
  const found = await run.outputs();
  if (json) console.log(JSON.stringify({ schema: 1, stack: name, outputs: found }, null, 2));
  else for (const line of outputRows(found)) terminal.line(line);
  return 0;
}

/** A line an output, for people; one without a value is left out, a list or an object is JSON. */
export function outputRows(values: Readonly<Record<string, unknown>>): string[] {
  const rows = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(
    ([name, value]) => `${name.padEnd(width)}  ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}
