import { CONSTRUCT_LABEL, STACK_LABEL } from "../values/engine-label.ts";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Command } from "./tools.ts";

/** A service none of whose containers runs. */
export interface StoppedService {
  /** The path of the construct that declares its container. */
  readonly path: string;
  /** The resource's address. */
  readonly address: string;
}

/**
 * The services that somebody stopped by hand. Why asked before an apply: the provider either starts the same container
 * again or does not look, and to Terraform, which knows it by its id, nothing has changed: no release would run, and
 * nothing would wait until it is healthy.
 */
export async function stoppedServices(
  stack: Pick<SynthesizedStack, "name" | "startFirstContainers">,
  { run }: Pick<Command, "run">,
): Promise<StoppedService[]> {
  const services = stack.startFirstContainers;
  if (services.length === 0) return [];
  const format = `{{.Label "${CONSTRUCT_LABEL}"}}\t{{.State}}`;
  const filter = `label=${STACK_LABEL}=${stack.name}`;
  const { stdout } = await run("docker", ["ps", "--all", "--filter", filter, "--format", format], { timeout: 20_000 });
  const containers = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split("\t"));
  return services.filter(({ path }) => {
    const own = containers.filter(([construct]) => construct === path);
    return own.length > 0 && own.every(([, state]) => state !== "running" && state !== "restarting");
  });
}
