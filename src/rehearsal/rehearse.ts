/**
 * Rehearses a stack for AWS on this machine: npm run rehearse -- [stack] [options]
 *
 *   --name NAME        the server name to visit           (netflix-aws knows its own)
 *   --text TEXT        a part of the application's body   (likewise)
 *   --path PATH        the page to visit                  [/]
 *   --region REGION    the stack's region                 [eu-west-1]
 *   --machine NAME     what stands in for Ubuntu 24.04: debian-13 or debian-12; written twice, one after the other  [debian-13]
 *   --engine VERSION   the machine's Docker Engine: 29, built from source once, with Debian 13's client  [its packages' own]
 *   --prepared         boot an image that has its packages
 *   --memory MIB       the machine's memory               [250, what a nano has left beside Ubuntu's own agents]
 *   --report FILE      write the report as JSON too
 *   --verbose          show what Terraform says
 */
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { SynthesizedStack } from "../cli/synthesized-stack.ts";
import { exitAsToldBy } from "./exit-code.ts";
import { type MachineSystemName, machineSystemName, NEAREST_SYSTEM } from "./machine/machine-system.ts";
import { requireProgram } from "./program.ts";
import { Rehearsal, type RehearsalReport } from "./rehearsal.ts";
import { rehearsalCache } from "./rehearsal-cache.ts";
import { reportText } from "./rehearsal-report.ts";
import { NANO_LEFT_MIB, Stage } from "./stage.ts";
import { Takedown } from "./takedown.ts";
import { Terraform } from "./terraform.ts";
import { registryHostOf, unplayable } from "./unplayable.ts";

const ROOT = resolve(__dirname, "../..");
const ACCOUNT = "123456789012";
/** Serials of Ubuntu 24.04's machine images that the doubles publish; a stack's pin must be among them. */
const SERIALS = ["20250305", "20250610"];
/** A film of the catalogue's, so that the front end has reached it. */
const NETFLIX = { name: "netflix.devops-days-upes.com", text: "Orbit of the Paper Moon" };
interface Known {
  readonly name: string;
  readonly text: string;
  /** The host in front, by the beginning of its resources, where the services are on another one. */
  readonly front?: string;
}
const KNOWN: Readonly<Record<string, Known>> = {
  "netflix-aws": NETFLIX,
  "nginx-front": { ...NETFLIX, front: "front_" },
};

interface Wanted {
  readonly stack: string;
  readonly name: string;
  readonly text: string;
  readonly path: string;
  readonly region: string;
  readonly engine?: string;
  readonly prepared: boolean;
  readonly memoryMiB: number;
  readonly report?: string;
  readonly verbose: boolean;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string" },
      text: { type: "string" },
      path: { type: "string", default: "/" },
      region: { type: "string", default: "eu-west-1" },
      machine: { type: "string", multiple: true, default: [NEAREST_SYSTEM] },
      engine: { type: "string" },
      prepared: { type: "boolean", default: false },
      memory: { type: "string", default: String(NANO_LEFT_MIB) },
      report: { type: "string" },
      verbose: { type: "boolean", default: false },
    },
  });
  const stack = positionals[0] ?? "netflix-aws";
  const { name = KNOWN[stack]?.name, text = KNOWN[stack]?.text, machine, memory, ...more } = values;
  await refuseUnplayable(stack, more.region);
  if (!name || !text) throw new Error(`what does ${stack} serve? say --name NAME and --text TEXT, a part of its page`);
  const systems = machine.map(machineSystemName);
  if (more.report && systems.length > 1)
    throw new Error("one report is of one machine: say --report or a second --machine");
  let code = 0;
  for (const system of systems) {
    code = Math.max(code, await rehearse({ ...more, stack, name, text, memoryMiB: Number(memory) }, system));
  }
  return code;
}

/** Throws where a rehearsal cannot play what `stack` declares: a synth tells in seconds what a stage would in minutes. */
async function refuseUnplayable(stack: string, region: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-rehearse-"));
  try {
    await requireProgram(process.execPath, ["--import", "tsx", "main.ts"], {
      cwd: ROOT,
      env: { ...process.env, ...declaredFor(region), CDKTF_OUTDIR: folder, SLIPWAY_STACK: stack },
    });
    const [problem] = unplayable(SynthesizedStack.read(folder, stack), registryHostOf(ACCOUNT, region));
    if (problem !== undefined) throw new Error(problem);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rehearses a stack on one machine. @returns the exit status */
async function rehearse(wanted: Wanted, system: MachineSystemName): Promise<number> {
  const { stack, name, text, path, region, prepared, memoryMiB } = wanted;
  const began = Date.now();
  const log = (line: string): void => console.log(`[${((Date.now() - began) / 1000).toFixed(1).padStart(6)}] ${line}`);
  const takedown = new Takedown();
  const interrupted = (): void => {
    void takedown.run().then(() => process.exit(130));
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  let report: RehearsalReport | undefined;
  let failure: unknown;
  try {
    log(`the stage, with ${system}`);
    const stage = await Stage.raise(
      {
        account: ACCOUNT,
        region,
        serials: SERIALS,
        system,
        engine: wanted.engine,
        variant: prepared ? "prepared" : "bare",
        memoryMiB,
        cacheDir: rehearsalCache(),
        log,
      },
      takedown,
    );
    const raised = (Date.now() - began) / 1000;
    log(`synth of ${stack}`);
    const output = join(stage.runDir, "cdktf.out");
    const declare = async (more: Record<string, string> = {}): Promise<void> => {
      const surroundings = { ...stage.deployerEnvironment, ...declaredFor(region), ...more };
      await requireProgram(process.execPath, ["--import", "tsx", "main.ts"], {
        cwd: ROOT,
        env: { ...surroundings, CDKTF_OUTDIR: output, SLIPWAY_STACK: stack },
      });
    };
    await declare();
    const synthesized = SynthesizedStack.read(output, stack);
    const show = wanted.verbose ? (chunk: string) => void process.stdout.write(chunk) : undefined;
    const terraform = new Terraform(synthesized.folder, stage.deployerEnvironment, show);
    const expected = {
      ...{ name, text, path, ports: [80], withinSeconds: 60 },
      engine: wanted.engine,
      deployerPolicy: stack in KNOWN,
      ...frontChanges(KNOWN[stack]?.front, stage.runDir, declare),
    };
    const made = [output, join(stage.runDir, `terraform.${stack}.tfstate`)];
    const rehearsal = new Rehearsal(stage, terraform, expected, made, log);
    try {
      await rehearsal.run();
    } finally {
      const { timings, ...rest } = rehearsal.report;
      report = { timings: [{ step: "the stage", seconds: raised }, ...timings], ...rest };
    }
  } catch (error) {
    failure = error;
  }
  log("taking everything away");
  const left = await takedown.run();
  process.off("SIGINT", interrupted);
  process.off("SIGTERM", interrupted);
  if (report) {
    console.log(`\n${reportText(report, system, left)}`);
    if (wanted.report) writeFileSync(wanted.report, `${JSON.stringify({ ...report, left }, null, 2)}\n`);
  }
  if (failure) console.error(`\n${failure instanceof Error ? failure.message : String(failure)}`);
  return failure || left.length > 0 || report?.checks.some(({ ok }) => !ok) ? 1 : 0;
}

/** What is tried of a front and the host behind it: nothing that happens to the one behind may touch the front. */
function frontChanges(
  front: string | undefined,
  runDir: string,
  declare: (more: Record<string, string>) => Promise<void>,
) {
  if (front === undefined) return {};
  const next = async () => {
    const folder = join(runDir, "next-catalog");
    cpSync(join(ROOT, "stacks/apps/netflix-catalog"), folder, { recursive: true });
    appendFileSync(join(folder, "app.py"), "\n# the next version\n");
    await declare({ SLIPWAY_CATALOG_DIR: folder, SLIPWAY_VERSION: "1.0.1" });
  };
  const changes = [
    { what: "the applications' next version", declare: next, untouched: front },
    { what: "another instance of the host behind", replaced: "aws_instance.apps_", untouched: front },
  ];
  return { machines: 2, changes };
}

/** What a stack may ask its surroundings: where it deploys to, and a type of this machine's own processor. */
function declaredFor(region: string): Record<string, string> {
  return {
    SLIPWAY_AWS_ACCOUNT: ACCOUNT,
    SLIPWAY_AWS_REGION: region,
    SLIPWAY_INSTANCE_TYPE: process.arch === "arm64" ? "t4g.nano" : "t3.nano",
  };
}

exitAsToldBy(main);
