import { existsSync, renameSync, writeFileSync } from "node:fs";
import { sortedMap } from "../values/sorted-map.ts";
import { DockerCredentials } from "./docker-credentials.ts";
import { type Lockfile, lockfilePath, type Pins, readLockfile } from "./lockfile.ts";
import {
  askedMachineImages,
  type MachineImagePins,
  machineImageDifference,
  pinMachineImages,
} from "./machine-image-pins.ts";
import { RegistryClient } from "./registry-client.ts";
import { synth } from "./synth.ts";
import type { Arguments, Tools } from "./tools.ts";
import { stillVerified, type VerifiedPins, verifyPins } from "./verified-pins.ts";
import { wantedReferences } from "./wanted-references.ts";

/**
 * Asks the registries what every tag that the stacks name stands for today, and AWS, where it answers, for the ids of
 * machine images; and writes it down.
 */
export async function lock({ verify }: Arguments, tools: Tools): Promise<number> {
  const { terminal, project } = tools;
  const path = lockfilePath(project.root);
  const lines = await terminal.step("collect the references of all stacks", () =>
    wantedReferences((environment) => synth(tools, environment)),
  );
  const asked = askedMachineImages(lines);
  const references = lines.filter((line) => !line.includes(" "));
  const client = new RegistryClient(tools.request, DockerCredentials.read());
  const { pins, failures } = await terminal.step(`ask the registries for ${references.length} tags`, () =>
    resolveAll(references, client),
  );
  if (failures.length > 0) {
    for (const failure of failures) terminal.fail(failure);
    terminal.fail(
      existsSync(path) ? `${path} stays as it is` : `${path} is not written: every tag must have its digest`,
    );
    return 1;
  }
  const before = readLockfile(path);
  const known = before.machineImages ?? {};
  const machineImages = asked.length === 0 ? {} : await pinMachineImages(asked, known, tools);
  const verified = await verifiedOf(pins, before, verify, tools);
  for (const line of difference(before.images ?? {}, pins)) terminal.line(line);
  for (const line of machineImageDifference(known, machineImages)) terminal.line(line);
  writeFileSync(`${path}.new`, formatLockfile(pins, machineImages, verified));
  renameSync(`${path}.new`, path);
  const count = Object.values(machineImages).flatMap(Object.keys).length;
  terminal.line(`wrote ${path}: ${references.length} images${count > 0 ? `, ${count} machine images` : ""}`);
  return 0;
}

/** Which of the pins are signed: asked where a key is named, else what was found before of those that did not move. */
async function verifiedOf(pins: Pins, before: Lockfile, files: readonly string[] | undefined, tools: Tools) {
  if (files === undefined) return stillVerified(before.verified ?? {}, before.images ?? {}, pins);
  const { terminal } = tools;
  const { verified, problems } = await terminal.step(
    `ask the registries for ${Object.keys(pins).length} signatures`,
    () => verifyPins(pins, files, tools),
  );
  for (const problem of problems) terminal.line(`not verified: ${problem}`);
  for (const name of Object.keys(verified).sort()) terminal.line(`verified: ${name}`);
  return verified;
}

/** All of them, or every reason why not. */
export async function resolveAll(
  references: readonly string[],
  client: Pick<RegistryClient, "digestOf">,
): Promise<{ pins: Pins; failures: string[] }> {
  const pins: Record<string, string> = {};
  const failures: string[] = [];
  for (const reference of references) {
    try {
      pins[reference] = await client.digestOf(reference);
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  return { pins, failures };
}

/** The lockfile's text: sorted, so that a diff shows what moved. */
export function formatLockfile(pins: Pins, machineImages: MachineImagePins = {}, verified: VerifiedPins = {}): string {
  const byRegion = Object.fromEntries(Object.entries(machineImages).map(([region, ids]) => [region, sortedMap(ids)]));
  const more = {
    ...(Object.keys(byRegion).length > 0 && { machineImages: sortedMap(byRegion) }),
    ...(Object.keys(verified).length > 0 && { verified: sortedMap(verified) }),
  };
  return `${JSON.stringify({ version: 1, images: sortedMap(pins), ...more }, null, 2)}\n`;
}

/** What changes, one line an image. */
export function difference(before: Pins, after: Pins): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (was === is) return [];
    if (is === undefined) return [`- ${name}: no stack asks for it`];
    return [was === undefined ? `+ ${name} ${is}` : `~ ${name} ${was} -> ${is}`];
  });
}
