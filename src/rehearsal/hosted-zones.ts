import { getDomain } from "tldts";
import { requireProgram } from "./program.ts";
import type { Stage } from "./stage.ts";

/** A zone as a stack names it, and a record that goes there. */
export interface NamedZone {
  readonly id: string;
  readonly record: string;
}

/**
 * Makes the zones that a stack expects to exist. Why not under their own ids: AWS chooses those, and so does the emulated
 * account. @returns what each id becomes
 */
export async function makeZones(
  stage: Pick<Stage, "account" | "deployerEnvironment">,
  zones: readonly NamedZone[],
): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const env = { ...stage.deployerEnvironment, AWS_ENDPOINT_URL: `http://127.0.0.1:${stage.account.moto.port}` };
  for (const { id, record } of zones) {
    const name = zoneOf(record);
    const words = ["route53", "create-hosted-zone", "--name", name, "--caller-reference", id];
    const asked = ["--region", "us-east-1", "--query", "HostedZone.Id", "--output", "text"];
    const answer = await requireProgram("aws", [...words, ...asked], { env });
    made.set(id, answer.trim().replace("/hostedzone/", ""));
  }
  return made;
}

/** The zone that a record most likely goes to. */
export function zoneOf(record: string): string {
  const name = record.replace(/^\*\./, "");
  return getDomain(name, { allowPrivateDomains: true }) ?? name.split(".").slice(-2).join(".");
}

/** What synth wrote, with each zone under the id that it has in the emulated account. */
export function withZones(text: string, zones: ReadonlyMap<string, string>): string {
  return [...zones].reduce((all, [id, made]) => all.replaceAll(new RegExp(`\\b${id}\\b`, "g"), made), text);
}
