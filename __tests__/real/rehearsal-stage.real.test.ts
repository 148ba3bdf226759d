import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { readUserData } from "../../src/rehearsal/doubles/instance-facts.ts";
import { checkHost } from "../../src/rehearsal/host-checks.ts";
import type { MachineSystemName } from "../../src/rehearsal/machine/machine-system.ts";
import type { StandIn } from "../../src/rehearsal/machine/stand-in.ts";
import { requireProgram, runProgram } from "../../src/rehearsal/program.ts";
import { Rehearsal } from "../../src/rehearsal/rehearsal.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";
import { awaitBody, resolveName, visit } from "../../src/rehearsal/site-visit.ts";
import { NANO_LEFT_MIB, Stage } from "../../src/rehearsal/stage.ts";
import { errors, Terraform } from "../../src/rehearsal/terraform.ts";
import { ACCOUNT, REGION, SERIAL } from "./rehearsal-account.ts";
import { machineLike } from "./rehearsal-machine.ts";

const FIXTURE = join(__dirname, "rehearsal-fixture");
const IMAGE = "slipway-rehearsal-fixture:1";
/** A hang is found here; how fast it is, by bench/rehearsal.ts. */
const LONGEST_BOOT = 300;
const NAME = "fixture.example.com";
const BODY = "fixture body";

const cleanup = new Cleanup();

async function raise(
  system: MachineSystemName,
  variant: "bare" | "prepared",
): Promise<{ stage: Stage; terraform: Terraform; folder: string }> {
  const stage = await Stage.raise(
    {
      ...{ account: ACCOUNT, region: REGION, serials: [SERIAL], ...machineLike(system), variant },
      cacheDir: rehearsalCache(),
      log: () => {},
    },
    cleanup,
  );
  const folder = join(stage.runDir, "fixture");
  cpSync(FIXTURE, folder, { recursive: true });
  await requireProgram("docker", ["build", "--quiet", "--tag", IMAGE, join(folder, "app")]);
  cleanup.add("the fixture's image", () => runProgram("docker", ["rmi", IMAGE]));
  const environment = { ...stage.deployerEnvironment, TF_VAR_registry: stage.registryHost };
  return { stage, terraform: new Terraform(folder, environment), folder };
}

async function takeDown(): Promise<void> {
  expect(await cleanup.run()).toEqual([]);
}

describe("a stack of which the machine installs its packages at boot", () => {
  let rehearsal: Rehearsal;

  beforeAll(async () => {
    const { stage, terraform, folder } = await raise("debian-12", "bare");
    const expected = { name: NAME, path: "/", text: BODY, ports: [80], withinSeconds: LONGEST_BOOT };
    rehearsal = new Rehearsal(stage, terraform, expected, [folder], () => {});
    await rehearsal.run();
  }, 600_000);

  afterAll(takeDown, 120_000);

  test("is created, served, found in order and destroyed", () => {
    const { checks, timings } = rehearsal.report;
    console.log(timings.map(({ step, seconds }) => `${step}: ${seconds.toFixed(1)} s`).join("\n"));
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.length).toBeGreaterThanOrEqual(16);
  });

  test("fits into its memory", () => {
    const { memory } = rehearsal.report;
    console.log(memory);
    expect(memory).toMatchObject({ limitMiB: NANO_LEFT_MIB, oomKills: 0 });
    expect(memory?.peakAnonymousMiB).toBeGreaterThan(20);
  });

  test("leaves nothing", async () => {
    await takeDown();
    expect(await requireProgram("docker", ["ps", "-aq", "--filter", "label=slipway-rehearsal"])).toBe("");
    expect(await requireProgram("docker", ["network", "ls", "-q", "--filter", "label=slipway-rehearsal"])).toBe("");
    expect(await requireProgram("docker", ["images", "--format", "{{.Repository}}"])).not.toContain(`${ACCOUNT}.dkr`);
    expect(await requireProgram("iptables-save", [])).not.toContain("slipway-reh");
    expect(readFileSync("/etc/hosts", "utf8")).not.toContain("slipway-rehearsal");
    expect(existsSync(`/etc/docker/certs.d/${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`)).toBe(false);
  });
});

describe("the stand-in", () => {
  let stage: Stage;
  let machine: StandIn;

  const served = async (): Promise<void> => {
    const where = () => resolveName(stage.account.moto, NAME);
    await awaitBody(where, { name: NAME, path: "/", text: BODY, timeoutMs: 120_000 });
  };

  const aws = async (...args: string[]): Promise<string> =>
    await requireProgram("aws", ["--region", REGION, "--output", "json", ...args], { env: stage.deployerEnvironment });

  const runCommand = async (word: string): Promise<object> => {
    const sent = await aws(
      ...["ssm", "send-command", "--instance-ids", machine.instanceId, "--document-name", "fixture-command"],
      ...["--parameters", `word=${word}`],
    );
    const found = ["--command-id", JSON.parse(sent).Command.CommandId, "--instance-id", machine.instanceId];
    for (;;) {
      await sleep(1_100);
      const answer = JSON.parse(await aws("ssm", "get-command-invocation", ...found));
      if (answer.Status !== "Pending" && answer.Status !== "InProgress") return answer;
    }
  };

  beforeAll(async () => {
    const raised = await raise("debian-13", "prepared");
    stage = raised.stage;
    await raised.terraform.init();
    const { code, stdout, stderr } = await raised.terraform.apply();
    expect(code === 0 ? "" : errors(stdout + stderr)).toBe("");
    machine = stage.room.machines[0] as StandIn;
    await served();
  }, 400_000);

  afterAll(takeDown, 120_000);

  jest.setTimeout(300_000);

  test("is booted with what the API holds", async () => {
    const held = await readUserData(stage.account.moto, machine.instanceId);
    const { stdout } = await machine.exec("cat", "/var/lib/cloud/instance/user-data.txt");
    expect(held?.toString("utf8")).toBe(stdout);
    expect(stdout).toContain(`${stage.registryHost}/fixture/app@sha256:`);
    expect(await machine.exec("cloud-init", "query", "instance_id")).toMatchObject({
      stdout: `${machine.instanceId}\n`,
    });
  });

  test("runs the agent's commands with the document's time limit", async () => {
    expect(await runCommand("good")).toMatchObject({
      Status: "Success",
      StandardOutputContent: `good on ${machine.instanceId} with home\n`,
    });
    expect(await runCommand("bad")).toMatchObject({ Status: "Failed", ResponseCode: 1 });
    expect(await runCommand("slow")).toMatchObject({ Status: "TimedOut" });
  });

  test("gets a metadata token, and its containers do not", async () => {
    const header = "X-aws-ec2-metadata-token-ttl-seconds: 60";
    const ask = ["curl", "-s", "-m", "3", "-X", "PUT", "-H", header, "http://169.254.169.254/latest/api/token"];
    const token = expect.stringMatching(/^[\w-]{40,}$/);
    expect(await machine.exec(...ask)).toMatchObject({ code: 0, stdout: token });
    const pid = (await machine.exec("docker", "inspect", "-f", "{{.State.Pid}}", "fixture")).stdout.trim();
    expect(await machine.exec("nsenter", "-t", pid, "-n", ...ask)).toMatchObject({ code: 28, stdout: "" });
  });

  test("is found wanting when it is", async () => {
    const passwords = stage.account.logins.passwordsOf(machine.instanceId);
    expect(passwords.length).toBeGreaterThan(0);
    const file = "/run/slipway/docker/config.json";
    await machine.exec("sh", "-c", `mkdir -p /run/slipway/docker && echo '${passwords[0]}' > ${file}`);
    await machine.exec("systemd-run", "--unit=doomed", "false");
    await sleep(1_000);
    const checks = await checkHost(machine, passwords, ["a-key-that-nobody-was-given"]);
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      expect.objectContaining({ what: "no unit has failed", seen: expect.stringContaining("doomed.service") }),
      expect.objectContaining({ what: "no registry login is on the host's disk", seen: file }),
    ]);
  });

  test("kills what exceeds its memory, and that is counted", async () => {
    expect(stage.room.memoryOf(machine.instanceId)).toMatchObject({ oomKills: 0 });
    await machine.exec("python3", "-c", 'b"x" * (1 << 31)');
    await sleep(1_000);
    expect(stage.room.memoryOf(machine.instanceId)?.oomKills).toBeGreaterThan(0);
  });

  test("comes back after a reboot by the API and after a power cut", async () => {
    const address = (await resolveName(stage.account.moto, NAME)) ?? "";
    await machine.exec("docker", "update", "--restart=always", "fixture");
    await aws("ec2", "reboot-instances", "--instance-ids", machine.instanceId);
    expect(await visit(address, NAME)).toHaveProperty("nothing");
    await stage.account.instances.settled();
    await served();
    expect((await machine.exec("cat", "/proc/1/comm")).stdout).toBe("systemd\n");
    await machine.cutPower();
    expect(await visit(address, NAME)).toHaveProperty("nothing");
    await machine.start();
    await served();
    expect(stage.account.instances.failures).toEqual([]);
  });
});
