import { isIP } from "node:net";
import type { ApplyReport } from "./apply-report.ts";
import { isApproved } from "./approval.ts";
import { type ChosenStack, chosenStack } from "./chosen-stack.ts";
import { declaredHosts } from "./declared-hosts.ts";
import { DeployedDescription } from "./deployed-description.ts";
import { DOCKER_PROVIDER, dockerProviderProblems } from "./docker-provider.ts";
import { imageRoomWarnings } from "./image-room.ts";
import { outputRows } from "./outputs.ts";
import { withPlanFile } from "./plan-file.ts";
import { plannedDeploy } from "./planned-deploy.ts";
import { stackProblems } from "./stack-preflight.ts";
import { stoppedServices } from "./stopped-services.ts";
import { synth } from "./synth.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import { TerraformRun } from "./terraform-run.ts";
import type { Arguments, Terminal, Tools } from "./tools.ts";

/** Deploys a stack by a plan that is shown before, and says where it is served. */
export async function up({ operand, retry, autoApprove }: Arguments, tools: Tools): Promise<number> {
  const { terminal } = tools;
  const { name, output: written }: ChosenStack = operand ? { name: operand } : await chosenStack("up", tools);
  const output = written ?? (await terminal.step(`synthesize ${name}`, () => synth(tools, { SLIPWAY_STACK: name })));
  const stack = SynthesizedStack.read(output, name);
  for (const warning of stack.warnings) terminal.warn(warning);
  const terraform = new TerraformRun(stack, tools);
  const problems = await terminal.step("check ports and registries", () =>
    stackProblems(stack, terraform.hasState, tools),
  );
  if (refused(terminal, problems)) return 3;
  for (const warning of await imageRoomWarnings(stack, tools)) terminal.warn(warning);
  if (terraform.needsInit) await terminal.step("terraform init", () => terraform.init());
  const version = terraform.providerVersion(DOCKER_PROVIDER);
  if (refused(terminal, await dockerProviderProblems(stack, version, tools))) return 3;
  const stopped = terraform.hasState ? await stoppedServices(stack, tools.command) : [];
  for (const { path } of stopped) terminal.warn(`${path} does not run: a new container takes its place`);
  const replaced = [
    ...stopped.map(({ address }) => address),
    ...(retry && terraform.hasState ? deployStepsToRepeat(stack) : []),
  ];
  if (retry) process.env.SLIPWAY_RETRY = "1";
  const report = await deploy(stack, { terraform, replaced, autoApprove }, tools);
  if (report === undefined) return 1;
  const { outputs, changes } = report;
  terminal.line("");
  terminal.summary();
  terminal.line("");
  const touched = changes.add + changes.change + changes.remove + changes.replace;
  terminal.headline(
    touched === 0
      ? `${name} is up, nothing had to change`
      : `${name} is up: ${changes.add} created, ${changes.change} changed, ${changes.remove} removed${changes.replace > 0 ? `, ${changes.replace} replaced` : ""}`,
  );
  for (const line of addressLines(outputs)) terminal.line(line);
  for (const line of outputLines(outputs)) terminal.line(line);
  return 0;
}

/** Plans, shows what that changes, and does it; nothing where nobody agreed. */
async function deploy(
  stack: SynthesizedStack,
  {
    terraform,
    replaced: replace,
    autoApprove,
  }: { terraform: TerraformRun; replaced: readonly string[]; autoApprove?: boolean },
  { terminal, engine }: Tools,
): Promise<ApplyReport | undefined> {
  const deployed = new DeployedDescription(stack);
  const { declared } = deployed;
  return withPlanFile(stack.folder, async (file) => {
    const planned = await terminal.step("terraform plan", () => terraform.plan(file, { verb: "up", replace }));
    const { screen, notes, reasons } = plannedDeploy(stack, planned.plan, { declared, deployed, engine });
    terminal.headline(`${stack.name}: ${screen.headline}`);
    for (const line of screen.lines) terminal.note(line);
    for (const note of notes) terminal.warn(note);
    if (!(await isApproved(`deploy ${stack.name}`, reasons, autoApprove, terminal))) return undefined;
    const report = await terminal.step("terraform apply", () => terraform.apply(planned));
    deployed.keep(declared);
    return report;
  });
}

/** The steps that tell a host its release, which are done as far as Terraform knows when somebody rolled it back since. */
function deployStepsToRepeat(stack: SynthesizedStack): string[] {
  return declaredHosts(stack).flatMap((host) => ("deploy" in host && host.deploy ? [host.deploy] : []));
}

function refused(terminal: Terminal, problems: readonly string[]): boolean {
  for (const problem of problems) terminal.fail(problem);
  return problems.length > 0;
}

/** As many characters of an output as are read at the end of a deploy; a policy has thousands. */
const LONGEST_OUTPUT = 200;

/** The outputs that `addressLines` does not tell, a line each; of a long one how long it is. */
export function outputLines({ url, address, ...others }: Readonly<Record<string, unknown>>): string[] {
  const told = url === undefined ? {} : { address };
  const shown = Object.entries({ ...told, ...others }).map(([name, value]) => {
    const { length } = JSON.stringify(value) ?? "";
    return [name, length <= LONGEST_OUTPUT ? value : `${length} characters: npx slipway outputs`];
  });
  return outputRows(Object.fromEntries(shown));
}

/** How to reach what was deployed, from the stack's outputs `url` and, for a host elsewhere, `address`. */
export function addressLines(outputs: Readonly<Record<string, unknown>>): string[] {
  const { address } = outputs;
  const url = outputs.url ?? address;
  if (typeof url !== "string" || url === "") return [];
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return [url];
  }
  const machine = typeof address === "string" && isIP(address) ? address : "127.0.0.1";
  const direct = parsed.hostname === machine || parsed.hostname === "localhost";
  const place = `${parsed.protocol}//${machine}${parsed.port ? `:${parsed.port}` : ""}${parsed.pathname}`;
  return [url, direct ? `curl ${url}` : `curl -H 'Host: ${parsed.hostname}' ${place}`];
}
