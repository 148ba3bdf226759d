import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { outputTail, run } from "../../src/cli/command.mjs";
import { type DeclaredHost, declaredHosts } from "../../src/cli/declared-hosts.ts";
import { tellHost } from "../../src/cli/host-answer.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { requireProgram } from "../../src/rehearsal/program.ts";
import { Rehearsal } from "../../src/rehearsal/rehearsal.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";
import { resolveName } from "../../src/rehearsal/site-visit.ts";
import { NANO_LEFT_MIB, Stage } from "../../src/rehearsal/stage.ts";
import { errors, plannedText, Terraform } from "../../src/rehearsal/terraform.ts";
import { compare } from "../../src/review/comparison.ts";
import { AWAY } from "../../src/review/effect-section.ts";
import { broken, parseRules } from "../../src/review/rules.ts";
import { isEmpty, verdict } from "../../src/review/verdict.ts";
import { ACCOUNT, REGION } from "./rehearsal-account.ts";
import { machineLike } from "./rehearsal-machine.ts";
import { type Answers, request, requestStream } from "./request-stream.ts";
import { modelIn } from "./synthesized-model.ts";

const ROOT = resolve(__dirname, "../..");
const STACK = "netflix-aws";
/** A hang is found here; how fast it is, by bench/rehearsal.ts. */
const LONGEST_BOOT = 300;
const NAME = "netflix.devops-days-upes.com";

const cleanup = new Cleanup();
let stage: Stage;
let terraform: Terraform;
let rehearsal: Rehearsal;
let frontend = "";
let zone = "";
let address = "";

/** Declares the stack with the applications as they are now. */
async function synth(version: string): Promise<void> {
  await requireProgram(process.execPath, ["--import", "tsx", "main.ts"], {
    cwd: ROOT,
    env: {
      ...stage.deployerEnvironment,
      CDKTF_OUTDIR: join(stage.runDir, "cdktf.out"),
      SLIPWAY_STACK: STACK,
      SLIPWAY_AWS_ACCOUNT: ACCOUNT,
      SLIPWAY_AWS_REGION: REGION,
      SLIPWAY_INSTANCE_TYPE: process.arch === "arm64" ? "t4g.nano" : "t3.nano",
      SLIPWAY_CATALOG_DIR: join(ROOT, "stacks/apps/netflix-catalog"),
      SLIPWAY_FRONTEND_DIR: frontend,
      SLIPWAY_VERSION: version,
      SLIPWAY_ZONE_ID: zone,
    },
  });
}

/** A zone that somebody else has made before: not a deed of the deployer, whose policy is compared with his deeds. */
async function hostedZone(name: string): Promise<string> {
  const made = ["route53", "create-hosted-zone", "--name", name, "--caller-reference", "1"];
  const words = [...made, "--region", REGION, "--query", "HostedZone.Id", "--output", "text"];
  const AWS_ENDPOINT_URL = `http://127.0.0.1:${stage.account.moto.port}`;
  const id = await requireProgram("aws", words, { env: { ...stage.deployerEnvironment, AWS_ENDPOINT_URL } });
  return id.trim().replace("/hostedzone/", "");
}

function edit(file: string, change: (text: string) => string): void {
  const path = join(frontend, file);
  const text = readFileSync(path, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`${file} did not change`);
  writeFileSync(path, changed);
}

/** The page's heading, by which one version is told from the next. */
const heading = (body: string) => /<h1>(.*?)<\/h1>/.exec(body)?.[1] ?? body;
const title = (text: string) => edit("pages.js", (page) => page.replace(/<h1>.*?<\/h1>/, `<h1>${text}</h1>`));
const page = async () => heading((await request(80, NAME, "/", address)).body);
const headings = ({ bodies }: Answers) => [...new Set([...bodies.keys()].map(heading))];
const planned = async () => (await terraform.plan()).map(plannedText);
const output = ({ stdout, stderr }: { stdout: string; stderr: string }) => errors(`${stdout}\n${stderr}`);

/** What runs: the instance, and the container of each service. */
async function running() {
  const [machine] = stage.room.machines;
  const listed = await machine?.exec("docker", "ps", "--no-trunc", "--format", "{{.Names}} {{.ID}}");
  const containers = Object.fromEntries(
    ["catalog", "frontend"].map((name) => [name, listed?.stdout.split("\n").find((line) => line.includes(name))]),
  );
  return { instance: machine?.instanceId, containers };
}

/** Applies while visitors come; whatever they got is in the answer. */
async function applyUnderLoad() {
  const stream = requestStream(80, NAME, "/", address);
  const run = await terraform.apply();
  await sleep(500);
  const answers = await stream.stop();
  expect(answers.answered).toBeGreaterThan(100);
  return { ...run, answers };
}

/** Starts an apply and kills it, with everything that it has started, while it waits for the host. */
async function applyKilled(): Promise<void> {
  const told = () => stage.account.front.calls.filter(({ action }) => action === "SendCommand").length;
  const before = told();
  const apply = spawn("terraform", [`-chdir=${terraform.folder}`, "apply", "-auto-approve", "-input=false"], {
    env: { ...stage.deployerEnvironment, CHECKPOINT_DISABLE: "1" },
    stdio: "ignore",
    detached: true,
  });
  const ended = new Promise((done) => apply.on("exit", done));
  for (let tries = 0; told() === before; tries += 1) {
    if (tries === 600 || apply.exitCode !== null) throw new Error("the apply never told the host");
    await sleep(100);
  }
  process.kill(-(apply.pid as number), "SIGKILL");
  await ended;
}

beforeAll(async () => {
  stage = await Stage.raise(
    {
      ...{
        account: ACCOUNT,
        region: REGION,
        serials: ["20250610"],
        ...machineLike("debian-13"),
        variant: "bare",
      },
      cacheDir: rehearsalCache(),
      log: () => {},
    },
    cleanup,
  );
  frontend = join(stage.runDir, "frontend");
  cpSync(join(ROOT, "stacks/apps/netflix-frontend"), frontend, { recursive: true });
  zone = await hostedZone("devops-days-upes.com");
  await synth("1.0.0");
  terraform = new Terraform(join(stage.runDir, "cdktf.out/stacks", STACK), stage.deployerEnvironment);
  const expected = { name: NAME, path: "/", text: "Orbit of the Paper Moon", ports: [80], withinSeconds: LONGEST_BOOT };
  const made = [join(stage.runDir, "cdktf.out"), join(stage.runDir, `terraform.${STACK}.tfstate`)];
  rehearsal = new Rehearsal(stage, terraform, { ...expected, deployerPolicy: true }, made, () => {});
}, 600_000);

afterAll(async () => {
  expect(await cleanup.run()).toEqual([]);
}, 120_000);

jest.setTimeout(600_000);

const failedChecks = () => rehearsal.report.checks.filter(({ ok }) => !ok);

test("from nothing to the page: every check of the host holds, and a second plan is empty", async () => {
  await rehearsal.deploy();
  expect(failedChecks()).toEqual([]);
  expect(rehearsal.report.memory).toMatchObject({ limitMiB: NANO_LEFT_MIB, oomKills: 0 });
  address = (await resolveName(stage.account.moto, NAME)) ?? "";
  expect(await page()).toBe("Movies");
  console.log(rehearsal.report.timings.map(({ step, seconds }) => `${step}: ${seconds.toFixed(1)} s`).join("\n"));
});

test("a version bump: nothing is planned for the instance, the page changes, no request fails, and its review said so", async () => {
  const [before, had] = [modelIn(terraform.folder), await running()];
  title("Films");
  await synth("1.1.0");
  const after = modelIn(terraform.folder);
  const said = compare(before, after);
  const actions = await planned();
  expect(actions).not.toEqual([]);
  expect(actions.filter((action) => /^aws_(?!ssm_parameter)/.test(action))).toEqual([]);
  const { code, answers } = await applyUnderLoad();
  expect(code).toBe(0);
  expect(answers.failed).toEqual([]);
  expect(headings(answers)).toEqual(["Movies", "Films"]);
  const has = await running();
  const rolled = Object.keys(has.containers).filter((name) => has.containers[name] !== had.containers[name]);
  expect(Object.values(has.containers)).not.toContain(undefined);
  expect({ instance: has.instance, rolled }).toEqual({ instance: had.instance, rolled: ["catalog", "frontend"] });
  expect(verdict(said)).toBe("2 services roll in place, nobody notices");
  const services = rolled.map((name) => ({ name, effect: "rolled", why: ["image"] }));
  expect(said.hosts).toMatchObject([{ effect: "untouched", services }]);
  expect(AWAY.rolled).toBe("0 s");
  expect(broken(parseRules("replace,downtime,open-port,iam"), { comparison: said, after })).toEqual([]);
  await synth("1.1.0");
  const unchanged = compare(after, modelIn(terraform.folder));
  expect([isEmpty(unchanged), await planned()]).toEqual([true, []]);
});

test("other content under a version that stands is refused before it is pushed", async () => {
  title("Other films");
  await synth("1.1.0");
  const { ledger } = stage.account;
  const pushes = () =>
    ledger.filled.flatMap((name) => ledger.images(name)).map(({ digest, tags }) => [digest, ...tags]);
  const before = pushes();
  const run = await terraform.apply();
  expect(run.code).toBe(1);
  expect(output(run)).toContain("the tag 1.1.0 stands for other content");
  expect(pushes()).toEqual(before);
  expect(await page()).toBe("Films");
});

test("a release that never gets healthy fails the apply with the application's own words, and the old version serves on", async () => {
  edit("server.js", (text) => `throw new Error("no database url");\n${text}`);
  await synth("1.2.0");
  for (const time of ["first", "again"]) {
    const { code, stdout, stderr, answers } = await applyUnderLoad();
    expect({ time, code }).toEqual({ time, code: 1 });
    expect(`${stdout}${stderr}`).toContain("no database url");
    expect(output({ stdout, stderr })).toContain("frontend is not healthy");
    expect(answers.failed).toEqual([]);
    expect(headings(answers)).toEqual(["Films"]);
  }
});

test("an apply of it that is killed while it waits is failed by the next one", async () => {
  title("No films");
  await synth("1.2.1");
  await applyKilled();
  const run = await terraform.apply();
  expect(run.code).toBe(1);
  expect(output(run)).toContain("frontend is not healthy");
  expect(await page()).toBe("Films");
});

test("an apply of a good one that is killed while it waits is confirmed by the next one", async () => {
  edit("server.js", (text) => text.replace(/^throw.*\n/, ""));
  title("More films");
  await synth("1.3.0");
  await applyKilled();
  const { code, stdout, answers } = await applyUnderLoad();
  expect(code).toBe(0);
  expect(stdout).toMatch(/serves release [0-9a-f]{12}/);
  expect(answers.failed).toEqual([]);
  expect(await page()).toBe("More films");
  expect(await planned()).toEqual([]);
});

test("a rollback serves the release before, holds it over a run of the timer, and is ended by a retry", async () => {
  const stack = SynthesizedStack.recall(join(stage.runDir, "cdktf.out"), STACK) as SynthesizedStack;
  const declared = declaredHosts(stack).find(({ path }) => path === `${STACK}/host`) as DeclaredHost;
  const found = { program: "terraform", name: "Terraform", version: "1" } as const;
  const asDeployer: typeof run = (program, words, options) =>
    run(program, words, { ...options, env: { ...options?.env, ...stage.deployerEnvironment } });
  const tools = { command: { run: asDeployer, outputTail }, terraform: found } as unknown as Tools;
  const tell = (...words: string[]) => tellHost({ stack, host: declared }, words, tools);
  expect(await tell("rollback")).toMatchObject({ code: 0, stdout: expect.stringContaining("rolling back to version") });
  expect(await page()).toBe("Films");
  const [machine] = stage.room.machines;
  await machine?.exec("systemctl", "start", "slipway-converge.service");
  const status = await tell("status", "--json");
  expect([status.code, JSON.parse(status.stdout)]).toMatchObject([
    0,
    { healthy: true, held: { version: expect.any(Number) } },
  ]);
  const plan = async () => {
    const run = await terraform.run("plan", ["-input=false", "-detailed-exitcode"]);
    return [run.code, output(run).replace(/\s+/g, " ")];
  };
  const shown = /netflix-aws\/host is held at version \d+ since .*, by a rollback from version \d+/;
  expect(await plan()).toEqual([0, expect.stringMatching(shown)]);
  const deploy = `-replace=${(declared as { readonly deploy?: string }).deploy}`;
  const refused = await terraform.apply(undefined, [deploy]);
  expect([refused.code, output(refused)]).toEqual([1, expect.stringContaining("this host is held at version")]);
  expect(await page()).toBe("Films");
  const again = new Terraform(terraform.folder, { ...stage.deployerEnvironment, SLIPWAY_RETRY: "1" });
  expect((await again.apply(undefined, [deploy])).code).toBe(0);
  expect(await page()).toBe("More films");
  expect(await plan()).toEqual([0, expect.not.stringMatching(/held|Warning/)]);
});

test("what such a server does not need is off, and apt's own upgrades wait for releases", async () => {
  const [machine] = stage.room.machines;
  const off = await machine?.exec("systemctl", "is-enabled", "multipathd.socket", "fwupd-refresh.timer");
  expect(off?.stdout).toBe("masked\nmasked\n");
  const upgrade = await machine?.exec(
    "systemctl",
    "show",
    "-p",
    "ExecStartPre",
    "-p",
    "After",
    "apt-daily-upgrade.service",
  );
  expect(upgrade?.stdout).toMatch(/After=.*slipway-converge\.service/);
  expect(upgrade?.stdout).toContain("/var/lib/slipway/serving.json");
});

test("the host comes back with its release after a reboot", async () => {
  const [machine] = stage.room.machines;
  await machine?.cutPower();
  await machine?.start();
  for (let tries = 0; ; tries += 1) {
    if ((await page().catch(() => "")) === "More films") break;
    if (tries === 120) throw new Error("it did not come back within a minute");
    await sleep(500);
  }
});

test("destroy takes everything away, and the deployer's policy allows all that was done", async () => {
  await rehearsal.destroy();
  expect(failedChecks()).toEqual([]);
});
