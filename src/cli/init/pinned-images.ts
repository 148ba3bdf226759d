import { existsSync, writeFileSync } from "node:fs";
import { DockerCredentials } from "../docker-credentials.ts";
import { formatLockfile, resolveAll } from "../lock.ts";
import { lockfilePath } from "../lockfile.ts";
import { RegistryClient } from "../registry-client.ts";
import type { Tools } from "../tools.ts";

/**
 * Asks the registries what the tags stand for and writes the lockfile, so that the project is deployed at once. Why not
 * refused where that fails: a project can be written without a network.
 *
 * @returns why the tags are not pinned; nothing where they are
 */
export async function pinImages(
  references: readonly string[],
  directory: string,
  { terminal, request }: Tools,
): Promise<string | undefined> {
  const path = lockfilePath(directory);
  if (existsSync(path) || references.length === 0) return undefined;
  const client = new RegistryClient(request, DockerCredentials.read());
  const { pins, failures } = await terminal.step(`ask the registries for ${references.length} tags`, async () => {
    const first = await resolveAll(references.slice(0, 1), client);
    if (first.failures.length > 0) return first; // who does not reach one registry waits for no others
    const rest = await resolveAll(references.slice(1), client);
    return { pins: { ...first.pins, ...rest.pins }, failures: rest.failures };
  });
  const [failure] = failures;
  if (failure !== undefined) return `nothing is pinned: ${failure}`;
  writeFileSync(path, formatLockfile(pins), { flag: "wx" });
  terminal.line(`wrote ${path}: ${references.length} images`);
  return undefined;
}
