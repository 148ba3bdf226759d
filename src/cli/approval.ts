import type { Comparison } from "../review/comparison.ts";
import type { Plan } from "../review/plan.ts";
import { RegistryAddress } from "../values/registry-address.ts";
import { isLocal } from "./engine-endpoint.cjs";
import type { SynthesizedStack } from "./synthesized-stack.ts";
import type { Terminal, Tools } from "./tools.ts";

/** Providers whose resources are nowhere but in this machine's files and in the state. */
const HERE = /^(builtin\/terraform|hashicorp\/(archive|local|null|random|time|tls))$/;
const DOCKER = "kreuzwerker/docker";

/** What a change is about, as far as it decides who is asked. */
export interface Stake {
  readonly stack: Partial<Pick<SynthesizedStack, "aws" | "engineHost" | "servers">>;
  readonly engine: Tools["engine"];
  readonly plan: Pick<Plan, "changes">;
  /** What is deleted with all that it holds. */
  readonly lost: readonly string[];
  /** What the declaration changes; absent where nothing is published. */
  readonly comparison?: Pick<Comparison, "images">;
}

/**
 * Why a person must agree to a change: it reaches beyond this machine's engine, where it costs money and others may use
 * it, or it deletes what nobody can make again. None for all else, and for a plan that changes nothing.
 */
export function reasonsToAsk({ stack, engine, plan, lost, comparison }: Stake): string[] {
  const providers = [...new Set(plan.changes.map(({ provider }) => provider))].sort();
  if (providers.length === 0) return [];
  return [
    ...(stack.aws ? [awsPlace(stack.aws)] : []),
    ...(stack.servers ?? []).map((address) => `the server ${address}`),
    ...(providers.includes(DOCKER) ? engineElsewhere(stack, engine) : []),
    ...providers.filter((name) => !HERE.test(name) && name !== DOCKER && !(stack.aws && name === "hashicorp/aws")),
    ...(stack.aws ? [] : registriesElsewhere(comparison?.images ?? [])),
    ...lost.map((what) => `deletes ${what}`),
  ];
}

/** Whether it may be made: yes without a reason to ask, by `--auto-approve`, or where a person says so. */
export async function isApproved(
  what: string,
  reasons: readonly string[],
  autoApprove: boolean | undefined,
  terminal: Terminal,
): Promise<boolean> {
  if (reasons.length === 0 || autoApprove) return true;
  const why = reasons.join("; ");
  if (!terminal.interactive) {
    terminal.fail(`nobody can be asked here whether to ${what} (${why}): add --auto-approve`);
    return false;
  }
  if (await terminal.confirm(`${what} (${why})?`)) return true;
  terminal.fail("nothing was changed");
  return false;
}

function awsPlace({ region, profile }: NonNullable<SynthesizedStack["aws"]>): string {
  return `AWS, region ${region}${profile === undefined ? "" : `, profile ${profile}`}`;
}

function engineElsewhere({ engineHost }: Stake["stack"], engine: Tools["engine"]): string[] {
  const endpoint = engineHost ?? engine?.endpoint;
  return endpoint === undefined || isLocal(endpoint) ? [] : [`the engine at ${endpoint}`];
}

/** Where an image is pushed that others can pull. */
function registriesElsewhere(images: Comparison["images"]): string[] {
  const pushed = images.flatMap(({ after }) =>
    after?.contentId === undefined && !after?.promotedFrom ? [] : [after.repository.split("/")[0] ?? ""],
  );
  return [...new Set(pushed)]
    .sort()
    .filter((address) => !address.includes("${") && !RegistryAddress.parse(address).isLoopback)
    .map((address) => `pushes to ${address}`);
}
