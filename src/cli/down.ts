import { join } from "node:path";
import { isFilledAnew } from "../review/lost-data.ts";
import { isApproved } from "./approval.ts";
import { chosenStack } from "./chosen-stack.ts";
import { DeployedDescription } from "./deployed-description.ts";
import { EngineCleanup } from "./engine-cleanup.ts";
import { EngineVolumes } from "./engine-volumes.ts";
import { withPlanFile } from "./plan-file.ts";
import { modelsOf, plannedEnd } from "./planned-deploy.ts";
import { synth } from "./synth.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import { TerraformRun } from "./terraform-run.ts";
import type { Arguments, Tools } from "./tools.ts";
import { volumeLines } from "./volumes.ts";

/** Takes a stack away: what Terraform knows of, then what is left under the stack's label. */
export async function down({ operand, autoApprove }: Arguments, tools: Tools): Promise<number> {
  const { terminal, project } = tools;
  const output = join(project.root, project.output);
  const name = operand ?? (await chosenStack("down", tools)).name;
  let stack = SynthesizedStack.recall(output, name);
  if (!stack) {
    await terminal.step(`synthesize ${name}`, () => synth(tools, { SLIPWAY_STACK: name }));
    stack = SynthesizedStack.read(output, name);
  }
  const terraform = new TerraformRun(stack, tools);
  if (terraform.hasState) {
    if (terraform.needsInit) await terminal.step("terraform init", () => terraform.init());
    if (!(await takenAway(stack, terraform, autoApprove, tools))) return 1;
  } else {
    if (!(await isCleanedUp(stack, autoApprove, tools))) return 1;
    terminal.note("Terraform has no state of it here: what carries its label on the engine goes all the same");
  }
  const { removed, kept, failures } = await terminal.step("remove what is left on the engine", async () => {
    const report = await new EngineCleanup(name, tools.command).run(stack);
    for (const line of report.removed) terminal.note(`removed ${line}`);
    return report;
  });
  terminal.line("");
  terminal.summary();
  terminal.line("");
  for (const failure of failures) terminal.fail(`still there: ${failure}`);
  terminal.headline(
    failures.length > 0
      ? `${name} is not wholly down`
      : `${name} is down${removed.length > 0 ? "" : ", nothing was left on the engine"}`,
  );
  if (kept.length > 0) {
    terminal.line("kept, for other stacks and projects may use them (docker rmi removes them):");
    for (const image of kept) terminal.note(image);
  }
  const volumes = await new EngineVolumes(tools.command).list(name);
  if (volumes.length > 0) {
    terminal.line("kept, with what services wrote there (slipway volumes rm deletes one):");
    for (const line of volumeLines(volumes)) terminal.note(line);
  }
  terminal.line("kept: the engine itself and its build cache (docker builder prune empties it)");
  return failures.length > 0 ? 1 : 0;
}

/** Plans that all goes, shows what that is, and does it where somebody agrees. */
async function takenAway(
  stack: SynthesizedStack,
  terraform: TerraformRun,
  autoApprove: boolean | undefined,
  { terminal, engine, command }: Tools,
): Promise<boolean> {
  const { name } = stack;
  const deployed = new DeployedDescription(stack);
  return withPlanFile(stack.folder, async (file) => {
    const planned = await terminal.step("terraform plan", () => terraform.plan(file, { verb: "down" }));
    const { lines, reasons } = plannedEnd(stack, planned.plan, { deployed, engine });
    terminal.headline(lines.length === 0 ? `${name}: nothing is there to take away` : `${name}: all of it goes`);
    for (const line of lines) terminal.note(line);
    for (const volume of await new EngineVolumes(command).list(name))
      terminal.note(`kept: volume ${volume.name}, with what services wrote there`);
    if (!(await isApproved(`take ${name} away`, reasons, autoApprove, terminal))) return false;
    await terminal.step("terraform destroy", () => terraform.apply(planned));
    deployed.forget();
    return true;
  });
}

/** Whether what carries the stack's label may go, of which Terraform knows nothing: a volume with data is asked about. */
async function isCleanedUp(stack: SynthesizedStack, autoApprove: boolean | undefined, tools: Tools): Promise<boolean> {
  const models = modelsOf(new DeployedDescription(stack));
  const volumes = await new EngineCleanup(stack.name, tools.command).volumes();
  const lost = volumes.filter(({ path }) => !isFilledAnew(path, models)).map(({ name }) => `deletes volume ${name}`);
  return isApproved(`take ${stack.name} away`, lost, autoApprove, tools.terminal);
}
