import type { HostFit, SumRow } from "../release/fit.ts";
import type { HostChange } from "./comparison.ts";
import { code, escaped, table } from "./markdown.ts";

/** What each host has against what is declared of it now, where that changed; what it cannot give stands with the findings. */
export function fits(hosts: readonly HostChange[]): string[] {
  return hosts.flatMap(({ path, fit: { memory, disk } }) => [
    ...(memory ? [sum(`memory of ${code(path)}`, memory.rows), smallest(memory)] : []),
    ...(disk ? [sum(`disk of ${code(path)}`, disk.rows)] : []),
  ]);
}

function smallest({ smallestType }: NonNullable<HostFit["memory"]>): string {
  return smallestType === undefined
    ? "No type of its family has as much."
    : `The smallest type that has it: ${code(smallestType)}.`;
}

function sum(head: string, rows: readonly SumRow[]): string {
  return table(
    [head, "MiB"],
    rows.map(({ what, mib }) => [escaped(what), `${mib}`]),
  );
}
