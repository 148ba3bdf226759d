import { deployedStacks, synthAll } from "./chosen-stack.ts";
import { declaredHosts } from "./declared-hosts.ts";
import { environmentOf, expiryOf, inUtc, isOfPreview } from "./preview.ts";
import { stackNames } from "./stack-names.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import type { Arguments, Tools } from "./tools.ts";

/** Lists the stacks that are declared here, their environments and hosts, and whether Terraform has a state of them here. */
export async function list({ json }: Arguments, tools: Tools): Promise<number> {
  const output = await synthAll(tools);
  const declared = stackNames(output);
  const deployed = deployedStacks(tools);
  const stacks = [];
  for (const name of [...new Set([...declared, ...deployed])].sort()) {
    const stack = SynthesizedStack.recall(output, name);
    const hosts = stack ? declaredHosts(stack).map(({ path, kind }) => ({ path, kind })) : [];
    const known = { name, declared: declared.includes(name), deployed: deployed.includes(name), hosts };
    stacks.push({ ...known, ...(stack && (await ofEnvironment(stack, tools))) });
  }
  if (json) {
    console.log(JSON.stringify({ schema: 1, stacks }, null, 2));
    return 0;
  }
  const width = Math.max(0, ...stacks.map(({ name }) => name.length));
  for (const { name, declared: is, deployed: has, hosts, expires } of stacks) {
    const state = !has ? "not deployed here" : is ? "deployed" : "deployed, no longer declared";
    const where = hosts.map(({ path, kind }) => `${path} (${kind})`).join(", ");
    const until = expires === undefined ? "" : `, until ${expires}`;
    const before = `${name.padEnd(width)}  ${state}${until}`;
    tools.terminal.row(`${before}${where && `  ${where}`}`, where === "" ? 0 : before.length + 2);
  }
  if (stacks.length === 0) tools.terminal.line("the app declares no stack");
  return 0;
}

/** Of a preview that is deployed, when its time is over too, which the state knows. */
async function ofEnvironment(
  stack: SynthesizedStack,
  tools: Tools,
): Promise<{ environment?: string; expires?: string }> {
  const environment = environmentOf(stack);
  if (environment === undefined) return {};
  if (!isOfPreview(stack)) return { environment };
  const terraform = tools.terraform ?? (await tools.findTerraform()).tool;
  const expires = await expiryOf(stack, { ...tools, terraform });
  return { environment, ...(expires && { expires: inUtc(expires) }) };
}
