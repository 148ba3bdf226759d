import { createHash } from "node:crypto";
import { withoutReferences } from "../terraform/template-text.ts";
import type { EngineSettings } from "../values/engine-options.ts";
import type { ContainerHealth } from "./container-health.ts";

/** What of a container's declaration the provider does not undo by itself, or changes in the container that runs. */
export interface ContainerSettings {
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly health?: ContainerHealth;
  /** Absent where it is the usual one. */
  readonly memoryMiB?: number;
  readonly cpus?: number;
  /** Literals, each absent where the image or the engine has the word. */
  readonly engine?: EngineSettings;
}

/**
 * 16 hexadecimal digits of what is declared, as a label by whose change the provider replaces the container. Why needed:
 * it keeps a `command` or `env` that is no longer declared, takes no notice of a changed health check, and narrows the
 * memory of a container while it serves.
 *
 * What is absent or empty adds nothing, so that a setting that is added here later rolls no container that has none. A
 * reference counts as one and not by its number, which differs from synth to synth; the provider sees its value.
 */
export function settingsDigest(settings: ContainerSettings): string {
  const { command = [], env = {}, health, memoryMiB, cpus, engine = {} } = settings;
  const variables = Object.entries(env).map(([name, value]) => [withoutReferences(name), withoutReferences(value)]);
  const declared = {
    ...(command.length > 0 && { command: command.map(withoutReferences) }),
    ...(variables.length > 0 && { env: variables.sort(byName) }),
    ...(health && {
      health: Object.entries(health)
        .filter(([, value]) => value !== undefined)
        .sort(byName),
    }),
    ...(memoryMiB !== undefined && { memoryMiB }),
    ...(cpus !== undefined && { cpus }),
    ...Object.fromEntries(Object.entries(engine).sort(byName)),
  };
  return createHash("sha256").update(JSON.stringify(declared)).digest("hex").slice(0, 16);
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}
