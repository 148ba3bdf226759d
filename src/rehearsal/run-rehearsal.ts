import { writeFileSync } from "node:fs";
import type { Tools } from "../cli/tools.ts";
import { Cleanup } from "./cleanup.ts";
import { emulated } from "./emulated.ts";
import { keepSecrets } from "./kept-secrets.ts";
import { emulateArm64 } from "./machine/foreign-processor.ts";
import type { MachineSystemName } from "./machine/machine-system.ts";
import { Progress } from "./progress.ts";
import { Rehearsal, type RehearsalReport } from "./rehearsal.ts";
import { rehearsalCache } from "./rehearsal-cache.ts";
import { reportText } from "./rehearsal-report.ts";
import type { RehearsedChange } from "./rehearsed-change.ts";
import type { RehearsedPage, RehearsedStack } from "./rehearsed-stack.ts";
import { NANO_LEFT_MIB, Stage } from "./stage.ts";
import { StagedStack } from "./staged-stack.ts";
import { Terraform } from "./terraform.ts";

/** The image that hosts boot from which are not told another, and the one before. */
const SERIALS = ["20250305", "20250610"];
const WITHIN_SECONDS = 60;
/** Where it waits for its certificate besides. */
const SECURED_WITHIN_SECONDS = 90;

/** What is rehearsed, and how. */
export interface Wanted {
  readonly stack: RehearsedStack;
  readonly page: RehearsedPage;
  /** A part of the page. @default - any answer but a server's error */
  readonly text?: string;
  /** What the app is told by its environment. */
  readonly told: Readonly<Record<string, string>>;
  /** The machine's engine. @default - its packages' own */
  readonly engine?: string;
  readonly prepared: boolean;
  /** The port of a registry on this machine that has what Docker Hub has. @default - the machines ask Docker Hub */
  readonly hubPort?: number;
  /** @default - what the instance's type has left */
  readonly memoryMiB?: number;
  /** A file to write the report to. @default - none */
  readonly report?: string;
  /** What is changed once the stack serves. @default - nothing */
  readonly changes?: (staged: {
    readonly runDir: string;
    readonly declare: (more: Readonly<Record<string, string>>) => Promise<unknown>;
  }) => readonly RehearsedChange[] | Promise<readonly RehearsedChange[]>;
}

/** Rehearses a stack on one kind of machine. @returns the exit status */
export async function runRehearsal(wanted: Wanted, system: MachineSystemName, tools: Tools): Promise<number> {
  const { terminal } = tools;
  const progress = new Progress((line) => terminal.line(line));
  const cleanup = new Cleanup();
  const interrupted = (): void => {
    progress.log("interrupted: taking everything away");
    void cleanup.run().then(() => process.exit(130));
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  const reports: RehearsalReport[] = [];
  let failure: unknown;
  try {
    await play(wanted, system, { tools, progress, cleanup, done: (report) => reports.push(report) });
  } catch (error) {
    failure = error;
  }
  progress.log("taking everything away");
  const left = await cleanup.run();
  progress.stop();
  process.off("SIGINT", interrupted);
  process.off("SIGTERM", interrupted);
  const [report] = reports;
  if (report) {
    terminal.line(`\n${reportText(report, emulated(system, playedOf(wanted)), left)}`);
    if (wanted.report) writeFileSync(wanted.report, `${JSON.stringify({ ...report, left }, null, 2)}\n`);
  }
  if (failure) terminal.fail(`\n${failure instanceof Error ? failure.message : String(failure)}`);
  return failure || left.length > 0 || report?.checks.some(({ ok }) => !ok) ? 1 : 0;
}

/** What of the stack is played, and of the registries besides. */
function playedOf({ stack, hubPort }: Wanted) {
  const { secrets, zones, needsEmulation, acme } = stack;
  return { secrets, zones, needsEmulation, acme, hasHub: hubPort !== undefined };
}

interface RehearsalRun {
  readonly tools: Tools;
  readonly progress: Progress;
  readonly cleanup: Cleanup;
  readonly done: (report: RehearsalReport) => void;
}

async function play(
  { stack, page, text, told, engine, prepared, memoryMiB, hubPort, changes }: Wanted,
  system: MachineSystemName,
  { tools, progress, cleanup, done }: RehearsalRun,
): Promise<void> {
  const { log } = progress;
  const place = stack.place as NonNullable<RehearsedStack["place"]>;
  log(`raising the stage, with ${system}`);
  const cacheDir = rehearsalCache();
  const stage = await Stage.raise(
    {
      ...place,
      serials: [...new Set([...SERIALS, ...stack.serials])],
      machineImages: stack.machineImages,
      system,
      engine,
      variant: prepared ? "prepared" : "bare",
      memoryMiB: memoryMiB ?? stack.memoryMiB(NANO_LEFT_MIB),
      acme: stack.acme,
      hubPort,
      cacheDir,
      log,
    },
    cleanup,
  );
  if (stack.needsEmulation) {
    log("teaching this machine's kernel programs of arm64");
    await emulateArm64(cacheDir, log, cleanup);
  }
  await keepSecrets(stage.account.moto, stack.secrets);
  const raised = progress.seconds;
  log(`synth of ${stack.name}`);
  const staged = new StagedStack(stage, stack, tools, told);
  const folder = await staged.declare();
  const hear = (chunk: string): void => {
    progress.hear(chunk);
    if (tools.terminal.verbose) process.stdout.write(chunk);
  };
  const terraform = new Terraform(folder, stage.deployerEnvironment, hear, tools.terraform?.program);
  const { runDir } = stage;
  const { ports, machines, secured } = stack;
  const isSecured = secured.some(({ name }) => name === page.name);
  const expected = {
    ...page,
    ...{ text, engine, ports, machines, secured },
    withinSeconds: isSecured ? SECURED_WITHIN_SECONDS : WITHIN_SECONDS,
    changes: await changes?.({ runDir, declare: (more) => staged.declare(more) }),
  };
  const rehearsal = new Rehearsal(stage, terraform, expected, [staged.output, staged.state], log);
  try {
    await rehearsal.run();
  } finally {
    const { timings, ...rest } = rehearsal.report;
    done({ timings: [{ step: "the stage", seconds: raised }, ...timings], ...rest });
  }
}
