import { deployedStacks, synthAll } from "./chosen-stack.ts";
import { declaredHosts } from "./declared-hosts.ts";
import { stackNames } from "./stack-names.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import type { Arguments, Tools } from "./tools.ts";

/** Lists the stacks that are declared here, the hosts of each, and whether Terraform has a state of it here. */
export async function list({ json }: Arguments, tools: Tools): Promise<number> {
  const output = await synthAll(tools);
  const declared = stackNames(output);
  const deployed = deployedStacks(tools);
  const stacks = [...new Set([...declared, ...deployed])].sort().map((name) => {
    const stack = SynthesizedStack.recall(output, name);
    const hosts = stack ? declaredHosts(stack).map(({ path, kind }) => ({ path, kind })) : [];
    return { name, declared: declared.includes(name), deployed: deployed.includes(name), hosts };
  });
  if (json) {
    console.log(JSON.stringify({ schema: 1, stacks }, null, 2));
    return 0;
  }
  const width = Math.max(0, ...stacks.map(({ name }) => name.length));
  for (const { name, declared: is, deployed: has, hosts } of stacks) {
    const state = !has ? "not deployed here" : is ? "deployed" : "deployed, no longer declared";
    const where = hosts.map(({ path, kind }) => `${path} (${kind})`).join(", ");
    const before = `${name.padEnd(width)}  ${state}`;
    tools.terminal.row(`${before}${where && `  ${where}`}`, where === "" ? 0 : before.length + 2);
  }
  if (stacks.length === 0) tools.terminal.line("the app declares no stack");
  return 0;
}
