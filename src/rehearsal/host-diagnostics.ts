import type { StandIn } from "./machine/stand-in.ts";

const LOOKS: readonly (readonly string[])[] = [
  ["cloud-init", "status", "--long"],
  ["tail", "-n", "30", "/var/log/cloud-init-output.log"],
  ["systemctl", "--failed", "--plain", "--no-legend"],
  ["journalctl", "--no-pager", "-o", "cat", "-n", "30", "-t", "slipway"],
  ["journalctl", "--no-pager", "-o", "short-monotonic", "-p", "err", "-n", "20"],
];

/** What a machine says of itself, for whoever has to find out why it does not serve. */
export async function hostDiagnostics(machine: StandIn): Promise<string> {
  const told: string[] = [];
  for (const look of LOOKS) {
    const { stdout, stderr } = await machine.exec(...look);
    told.push(`${machine.instanceId}# ${look.join(" ")}`, `${stdout}${stderr}`.trim());
  }
  return told.join("\n");
}
