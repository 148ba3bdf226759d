import { join } from "node:path";
import { type EngineVolume, EngineVolumes } from "./engine-volumes.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import type { Arguments, Terminal, Tools } from "./tools.ts";

/** Lists the volumes of hosts on this machine's engine, or deletes one. */
export async function volumes(asked: Arguments, { terminal, project, command }: Tools): Promise<number> {
  const engine = new EngineVolumes(command);
  if (asked.volume !== undefined) return remove(asked, engine, terminal);
  const declared = (stack: string) =>
    SynthesizedStack.recall(join(project.root, project.output), stack)?.volumes ?? undefined;
  const found = (await engine.list(asked.operand)).map((volume) => {
    const of = declared(volume.stack);
    return { ...volume, ...(of && { declared: of.includes(volume.name) }) };
  });
  if (asked.json) {
    console.log(JSON.stringify({ schema: 1, volumes: found }, null, 2));
    return 0;
  }
  for (const line of volumeLines(found)) terminal.line(line);
  return 0;
}

/** A line a volume, for people: name, services, size, whether something uses it, whether it is declared. */
export function volumeLines(found: readonly (EngineVolume & { readonly declared?: boolean })[]): string[] {
  if (found.length === 0) return ["no host has a volume here"];
  const rows = found.map(({ name, host, size = "?", users, declared }) => [
    name,
    [...new Set(users.map(({ service }) => service))].join(", ") || host,
    size,
    users.length === 0 ? "not in use" : users.some(({ state }) => state === "running") ? "in use" : "in use, stopped",
    declared === undefined ? "" : declared ? "declared" : "no longer declared, kept",
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Why the name and no yes: what is gone by a slip of the finger does not come back. */
async function remove(
  { volume: name = "", confirm }: Arguments,
  engine: EngineVolumes,
  terminal: Terminal,
): Promise<number> {
  const volume = await engine.find(name);
  if (!volume) {
    terminal.fail(`${name} is no volume of a host on this engine: slipway volumes lists them`);
    return 1;
  }
  if (volume.users.length > 0) {
    const users = volume.users.map(({ container, state }) => `${container} (${state})`).join(", ");
    terminal.fail(`${name} is used by ${users}: declare it no longer and deploy that, or take the stack down`);
    return 1;
  }
  const typed = confirm ?? (await terminal.ask(`What ${name} holds cannot be had again. Type its name to delete it: `));
  if (typed !== name) {
    const how =
      typed === undefined
        ? `nobody can be asked here: add --confirm ${name}`
        : `the name typed is ${JSON.stringify(typed)}`;
    terminal.fail(`${name} is kept: ${how}`);
    return 1;
  }
  await engine.remove(name);
  terminal.line(`${name} is deleted`);
  return 0;
}
