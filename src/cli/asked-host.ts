import { join } from "node:path";
import { deployedStacks } from "./chosen-stack.ts";
import { type DeclaredHost, declaredHosts } from "./declared-hosts.ts";
import { synth } from "./synth.ts";
import { SynthesizedStack } from "./synthesized-stack.ts";
import type { Tools } from "./tools.ts";

/** A host and the stack that it is of. */
export interface AskedHost {
  readonly stack: SynthesizedStack;
  readonly host: DeclaredHost;
}

/** What a host said. */
export interface HostAnswer {
  /** 0 fine, 1 refused or not healthy, 2 not understood, 75 it cannot be asked now. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A host that is not there, or not the only one that is meant; the message says which there are. */
export class UnknownHostError extends Error {
  readonly exitStatus = 2;
}

/**
 * The host that `name` means: by its construct path or its id, or by its stack where that has one host alone; without a
 * name the only one that is deployed from here. Why from what synth wrote before: asking a host must not take longer than
 * its answer; a stack that was never synthesized here is synthesized once, for its state may lie elsewhere.
 */
export async function askedHost(name: string | undefined, tools: Tools): Promise<AskedHost> {
  const [stackName = "", ...rest] = (name ?? "").split("/");
  const folder = join(tools.project.root, tools.project.output);
  if (rest.length > 0 && !SynthesizedStack.recall(folder, stackName)) {
    await synth(tools, { SLIPWAY_STACK: stackName });
  }
  const all = deployedHosts(folder, tools);
  const meant = all.filter(
    ({ host: { path }, stack }) =>
      name === undefined || path === name || path.endsWith(`/${name}`) || stack.name === name,
  );
  const [only] = meant;
  if (only && meant.length === 1) return only;
  const paths = (meant.length > 0 ? meant : all).map(({ host }) => host.path).join(", ");
  const rule = name === undefined ? "must be named" : `must be one of those that are deployed from here, got ${name}`;
  throw new UnknownHostError(`host ${rule}; there are: ${paths || "none; deploy one, or name it as stack/host"}`);
}

function deployedHosts(folder: string, tools: Tools): AskedHost[] {
  return deployedStacks(tools)
    .flatMap((each) => SynthesizedStack.recall(folder, each) ?? [])
    .flatMap((stack) => declaredHosts(stack).map((host) => ({ stack, host })));
}
