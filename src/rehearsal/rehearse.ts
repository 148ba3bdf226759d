import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Apt } from "../cli/apt.mjs";
import { builderProblems } from "../cli/builder-problems.ts";
import { UnnamedStackError } from "../cli/chosen-stack.ts";
import type { Missing, Needs } from "../cli/setup.mjs";
import { stackNames, unknownStack } from "../cli/stack-names.ts";
import { synth } from "../cli/synth.ts";
import type { Arguments, Tools } from "../cli/tools.ts";
import { type MachineSystemName, machineSystemName, NEAREST_SYSTEM } from "./machine/machine-system.ts";
import { newerEngineProblems } from "./machine/newer-engine.ts";
import { rehearsalCache } from "./rehearsal-cache.ts";
import { nextDeclaration } from "./rehearsed-change.ts";
import { RehearsedStack } from "./rehearsed-stack.ts";
import { rehearsalRequirements } from "./requirements.ts";
import { runRehearsal, type Wanted } from "./run-rehearsal.ts";
import { standInProblems, unsupportedResources } from "./unsupported-resources.ts";

const LACKING = 3;
const USAGE = 2;

/** What the set-up hands to this verb besides. */
export interface RehearsalTools extends Tools {
  /** Makes the machine ready for what was not needed to look at the stack. */
  readonly makeReady: (
    needs: Pick<Needs, "programs" | "system" | "further">,
  ) => Promise<{ readonly machine: Pick<Tools, "terraform" | "engine">; readonly environment: NodeJS.ProcessEnv }>;
  /** What a project of its own changes once the stack serves. @default - nothing */
  readonly changes?: Wanted["changes"];
}

/**
 * Deploys a stack to an AWS that is played on this machine. Everything that can be known of it before is looked at first:
 * the machine, what the stack declares, what is to be installed.
 */
export async function perform(asked: Arguments, tools: RehearsalTools): Promise<number> {
  const { terminal } = tools;
  const refuse = refuser(tools);
  let systems: MachineSystemName[];
  try {
    systems = (asked.machine ?? [NEAREST_SYSTEM]).map(machineSystemName);
    if (asked.report && systems.length > 1)
      throw new Error("one report is of one machine: say --report or a second --machine");
    const { BUILT_ENGINE } = await import("./engine/docker-engine.mjs");
    if (asked.engine !== undefined && asked.engine !== BUILT_ENGINE)
      throw new Error(
        `--engine must be ${BUILT_ENGINE}, which can be built, got ${asked.engine}: leave it out for the machine's own`,
      );
  } catch (error) {
    return refuse([(error as Error).message], USAGE);
  }
  const unfit = machineProblem(process.platform, process.getuid?.());
  if (unfit !== undefined) return refuse([unfit]);

  const told = appEnvironment(asked.region);
  const folder = mkdtempSync(join(tmpdir(), "slipway-rehearse-"));
  const forget = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", forget); // Ctrl-C ends a rehearsal by that.
  try {
    const look = () => lookAt(asked.operand, folder, told, tools);
    const stack = await terminal.step("look at what is to be rehearsed", look);
    return await rehearse(stack, systems, { folder, told }, asked, tools);
  } catch (error) {
    if (error instanceof UnnamedStackError) return refuse([error.message], USAGE);
    throw error;
  } finally {
    forget();
    process.off("exit", forget);
  }
}

/** Refuses what cannot be played, gets the machine ready, and rehearses. */
async function rehearse(
  stack: RehearsedStack,
  systems: readonly MachineSystemName[],
  { folder, told }: { readonly folder: string; readonly told: Readonly<Record<string, string>> },
  asked: Arguments,
  tools: RehearsalTools,
): Promise<number> {
  const refuse = refuser(tools);
  const problems = unsupportedResources(stack);
  if (problems.length > 0) return refuse(problems);
  const page = stack.page(asked.name);
  if (page === undefined) {
    const names = stack.sites.map(({ name }) => name).join(", ");
    return refuse([`--name must be one that ${stack.name} serves, ${names}; got ${asked.name}`], USAGE);
  }

  const cacheDir = rehearsalCache();
  const { machine, environment } = await tools.makeReady({
    ...(await programs(stack)),
    further: (apt: Apt | undefined): Promise<Missing[]> => rehearsalRequirements(cacheDir, apt),
  });
  const ready = { ...tools, ...machine };
  const lacking = [
    ...engineProblems(machine.engine),
    ...(await newerEngineProblems(asked.engine, dirname(cacheDir), tools.command)),
    ...standInProblems(stack, environment.SLIPWAY_LOCKFILE),
    ...(await builderProblems(stack.synthesized, ready)),
  ];
  if (lacking.length > 0) return refuse(lacking);
  // Now with what the machine was prepared with: what nothing pins is told before a minute is spent.
  await tools.terminal.step(`synthesize ${stack.name}`, () =>
    synth(ready, { ...told, SLIPWAY_STACK: stack.name, CDKTF_OUTDIR: join(folder, "prepared") }),
  );

  const { text, engine: version, prepared = false, report, memory, next } = asked;
  const wanted: Wanted = {
    ...{ stack, text, told, prepared, report, engine: version },
    changes: next === undefined ? tools.changes : ({ declare }) => [nextDeclaration(variablesOf(next), declare)],
    hubPort: hubPort(machine.engine?.mirrors ?? [], environment.SLIPWAY_LOCKFILE),
    page: asked.path === undefined ? page : { ...page, path: asked.path },
    memoryMiB: memory === undefined ? undefined : Number(memory),
  };
  let code = 0;
  for (const system of systems) code = Math.max(code, await runRehearsal(wanted, system, ready));
  return code;
}

function engineProblems(engine: Tools["engine"]): string[] {
  if (engine?.local !== false) return [];
  return [
    `a rehearsal's machines must be containers of an engine of this machine, got ${engine.endpoint}: unset DOCKER_HOST and DOCKER_CONTEXT`,
  ];
}

function refuser({ terminal }: Tools) {
  return (problems: readonly string[], code = LACKING): number => {
    for (const problem of problems) terminal.fail(problem);
    return code;
  };
}

/** Why nothing can be rehearsed on a machine, whatever it is. */
export function machineProblem(platform: string, uid: number | undefined): string | undefined {
  if (platform !== "linux")
    return `a rehearsal boots machines by Linux's own means, got ${platform}: run it in a virtual machine with Linux, or in CI`;
  if (uid === 0) return undefined;
  return 'a rehearsal adds a network, host names and certificates to this machine while it runs: run it as root, sudo env "PATH=$PATH" npx slipway rehearse';
}

/** What a stack may ask its surroundings: where it deploys to, and a type of this machine's own processor. */
function appEnvironment(region: string | undefined): Record<string, string> {
  const usual = process.arch === "arm64" ? "t4g.nano" : "t3.nano";
  return {
    SLIPWAY_INSTANCE_TYPE: process.env.SLIPWAY_INSTANCE_TYPE ?? usual,
    ...(region === undefined ? {} : { SLIPWAY_AWS_REGION: region }),
  };
}

/** Synthesizes aside, without asking for pins: what is missing of those is told when the stack itself is synthesized. */
async function lookAt(
  name: string | undefined,
  folder: string,
  told: NodeJS.ProcessEnv,
  tools: Tools,
): Promise<RehearsedStack> {
  const stack = name === undefined ? {} : { SLIPWAY_STACK: name };
  const collected = { SLIPWAY_LOCK_COLLECT: join(folder, "references") };
  const output = await synth(tools, { ...told, ...stack, ...collected, CDKTF_OUTDIR: join(folder, "cdktf.out") });
  const names = stackNames(output);
  const problem = name === undefined ? undefined : unknownStack(name, names);
  if (problem !== undefined) throw new UnnamedStackError(problem);
  const stacks = (name === undefined ? names : [name]).map((each) => RehearsedStack.read(output, each));
  const onAws = stacks.filter(({ hosts }) => hosts.length > 0);
  const [only, another] = onAws.length > 0 ? onAws : stacks;
  if (only !== undefined && another === undefined) return only;
  const candidates = (onAws.length > 0 ? onAws : stacks).map((each) => each.name);
  if (only === undefined) throw new Error(`the app declares no stack: ${tools.project.app}`);
  throw new UnnamedStackError(`stack must be named, there are ${candidates.join(", ")}: slipway rehearse ${only.name}`);
}

/** What was said as `NAME=VALUE`. */
function variablesOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]));
}

/** From plain JavaScript, which the tests' own set-up reads too before anything is installed. */
async function programs({ acme }: RehearsedStack): Promise<Pick<Needs, "programs" | "system">> {
  const { ACME_PROGRAMS, PROGRAMS, SYSTEM } = await import("./programs.mjs");
  return { programs: acme ? { ...PROGRAMS, ...ACME_PROGRAMS } : PROGRAMS, system: SYSTEM };
}

/**
 * The port of this machine's registry of stand-ins, through which its engine pulls what Docker Hub has: a machine of the
 * rehearsal, which has an engine of its own, could not.
 *
 * @param standIns the lockfile of the stand-ins; none where the published images are to be had
 */
export function hubPort(mirrors: readonly string[], standIns: string | undefined): number | undefined {
  if (standIns === undefined) return undefined;
  const own = mirrors
    .map((mirror) => new URL(mirror))
    .find(({ protocol, hostname, port }) => {
      return protocol === "http:" && hostname === "127.0.0.1" && port !== "";
    });
  return own && Number(own.port);
}
