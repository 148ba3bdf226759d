import { createPublicKey } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { outputTail, run } from "../../src/cli/command.mjs";
import { type DeclaredHost, declaredHosts } from "../../src/cli/declared-hosts.ts";
import { tellHost } from "../../src/cli/host-answer.ts";
import { SynthesizedStack } from "../../src/cli/synthesized-stack.ts";
import type { Tools } from "../../src/cli/tools.ts";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { listen } from "../../src/rehearsal/doubles/listening.ts";
import { hostDiagnostics } from "../../src/rehearsal/host-diagnostics.ts";
import { emulateArm64, emulatesArm64, staticBusyBox } from "../../src/rehearsal/machine/foreign-processor.ts";
import type { StandIn } from "../../src/rehearsal/machine/stand-in.ts";
import { requireProgram } from "../../src/rehearsal/program.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";
import { Stage } from "../../src/rehearsal/stage.ts";
import { errors, plannedText, Terraform } from "../../src/rehearsal/terraform.ts";
import { compare } from "../../src/review/comparison.ts";
import { AWAY_MINUTES, MACHINE_AWAY } from "../../src/review/machine-change.ts";
import { verdict, widerPermissions } from "../../src/review/verdict.ts";
import { keyPair } from "../docker/registry-of-signatures.ts";
import { DAMAGED, type SignatureArtifact, signatureArtifact, signatureTag } from "../docker/signature-artifact.ts";
import { selfSigned } from "../self-signed.ts";
import type { DeclaredPage } from "./programs/agent-host.ts";
import { ACCOUNT, REGION } from "./rehearsal-account.ts";
import { pushSignatures } from "./rehearsal-image.ts";
import { machineLike } from "./rehearsal-machine.ts";
import { request, requestStream } from "./request-stream.ts";
import { modelIn } from "./synthesized-model.ts";
import { unbroken } from "./terraform-output.ts";

const ROOT = resolve(__dirname, "../..");
const STACK = "agent-travels";
const NAME = "page.example.org";
const PARAMETER = `/slipway/${STACK}/host/release`;
const AGENT = "src/host-agent/lib/slipway";
const VISITORS = 4;
/** Nothing of it is this machine's processor's: its steps and what it serves run as arm64, by QEMU on an x86 machine. */
const DOCKERFILE = `FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
COPY index.html /srv/
RUN mkdir /srv/cgi-bin && uname -m > /srv/built-on \\
 && printf '#!/bin/sh\\necho; uname -m\\n' > /srv/cgi-bin/runs-on && chmod +x /srv/cgi-bin/runs-on
EXPOSE 8080
STOPSIGNAL SIGKILL
CMD ["busybox", "sh", "-c", "echo the page begins; exec /bin/busybox httpd -f -p 8080 -h /srv"]
`;

const cleanup = new Cleanup();
let stage: Stage;
let terraform: Terraform;
let address = "";

/** The trees whose agents are tried: this one as it is, and copies of it with one agent's file changed. */
const trees: Record<string, () => string> = {
  A: () => ROOT,
  B: () => changedTree("B", "status.jq", '"agent ', '"agent B '),
  unfit: () => changedTree("unfit", "self-test.sh", 'TOOLS="', 'TOOLS="no-such-tool '),
  D: () => changedTree("D", "status.jq", '"agent ', '"agent D '),
};

function changedTree(name: string, file: string, from: string, to: string): string {
  const tree = join(stage.runDir, `tree-${name}`);
  for (const path of ["src", "package.json", "tsconfig.json", "__tests__/real/programs"]) {
    cpSync(join(ROOT, path), join(tree, path), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(tree, "node_modules"));
  const path = join(tree, AGENT, file);
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  trees[name] = () => tree;
  return tree;
}

async function synth(agent: string, change: Partial<DeclaredPage> = {}): Promise<void> {
  const context = join(stage.runDir, "page");
  const usual = { stack: STACK, account: ACCOUNT, region: REGION, context, health: "/", waitForRelease: true };
  const tree = (trees[agent] as () => string)();
  await requireProgram(process.execPath, ["--import", "tsx", "__tests__/real/programs/agent-host.ts"], {
    cwd: tree,
    env: {
      ...stage.deployerEnvironment,
      CDKTF_OUTDIR: join(stage.runDir, "cdktf.out"),
      SLIPWAY_TEST_DECLARED: JSON.stringify({ ...usual, ...change } satisfies DeclaredPage),
    },
  });
}

const aws = (...words: string[]) =>
  requireProgram("aws", [...words, "--region", REGION, "--output", "text"], { env: stage.deployerEnvironment });
const documents = async () =>
  (await aws("ssm", "list-documents", "--filters", "Key=Owner,Values=Self", "--query", "DocumentIdentifiers[].Name"))
    .split(/\s+/)
    .filter(Boolean);
const live = async () =>
  (await aws("ssm", "get-parameter", "--name", `${PARAMETER}:live`, "--query", "Parameter.Version")).trim();
const planned = async () => (await terraform.plan()).map(plannedText);
const page = () => request(80, NAME, "/", address);

function machine(): StandIn {
  const [only, ...more] = stage.room.machines;
  if (!only || more.length > 0) throw new Error("the stack has one machine");
  return only;
}

async function onHost(...command: string[]): Promise<string> {
  const { stdout, stderr } = await machine().exec(...command);
  return `${stdout}${stderr}`;
}

const journal = () => onHost("journalctl", "--no-pager", "-o", "cat", "-t", "slipway");
const status = () => onHost("slipway", "status");

/** Applies while visitors come. */
async function applyUnderLoad() {
  const { outcome, ...visits } = await underLoad(() => terraform.apply());
  return { ...outcome, output: errors(`${outcome.stdout}\n${outcome.stderr}`), ...visits };
}

/** Does something while visitors come: at some 300 requests a second, and none may fail. */
async function underLoad<Outcome>(work: () => Promise<Outcome>) {
  const began = Date.now();
  const streams = Array.from({ length: VISITORS }, () => requestStream(80, NAME, "/", address));
  const outcome = await work();
  await sleep(500);
  const answers = await Promise.all(streams.map((stream) => stream.stop()));
  const answered = answers.reduce((sum, each) => sum + each.answered, 0);
  const rate = answered / ((Date.now() - began) / 1000);
  expect(answers.flatMap(({ failed }) => failed)).toEqual([]);
  return { outcome, answered, rate };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; ; ) {
    if (await holds().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`not within two minutes: ${what}\n${await hostDiagnostics(machine())}`);
    await sleep(500);
  }
}

/** What the timer does. Where the run of the boot is not over, this waits for it alone, and looks for nothing new. */
async function converged(): Promise<void> {
  await onHost("systemctl", "start", "slipway-converge.service");
}

beforeAll(async () => {
  stage = await Stage.raise(
    {
      ...{ account: ACCOUNT, region: REGION, serials: ["20250610"], ...machineLike("debian-12"), variant: "bare" },
      cacheDir: rehearsalCache(),
      log: () => {},
    },
    cleanup,
  );
  await emulateArm64(rehearsalCache(), () => {}, cleanup);
  const context = join(stage.runDir, "page");
  mkdirSync(context);
  cpSync(await staticBusyBox("arm64", rehearsalCache(), () => {}), join(context, "busybox"));
  writeFileSync(join(context, ".dockerignore"), "");
  // As the first process of a container BusyBox's httpd ends by no other signal, and each stop would take its whole grace.
  writeFileSync(join(context, "Dockerfile"), DOCKERFILE);
  writeFileSync(join(context, "index.html"), "the page\n");
  await synth("A");
  terraform = new Terraform(join(stage.runDir, "cdktf.out/stacks", STACK), stage.deployerEnvironment);
  await terraform.init();
}, 600_000);

afterAll(async () => {
  expect(await cleanup.run()).toEqual([]);
  expect(emulatesArm64()).toBe(false);
}, 120_000);

jest.setTimeout(600_000);

test("the agent of the first apply serves the page, and what Run Command released is in the journal", async () => {
  const { code, stdout, stderr } = await terraform.apply();
  if (code !== 0) throw new Error(`${errors(`${stdout}\n${stderr}`)}\n${await hostDiagnostics(machine())}`);
  address = String((await terraform.outputs()).address);
  expect((await page()).body).toBe("the page\n");
  expect(await planned()).toEqual([]);
  expect(await status()).toMatch(/^agent [0-9a-f]{12}$/m);
  expect(await journal()).toMatch(/^live version=1 release=[0-9a-f]{64}$/m);
  expect(await onHost("systemctl", "is-enabled", "docker", "nginx")).toBe("enabled\nenabled\n");
});

test("the image's steps and its container run as arm64, whatever the machine is", async () => {
  for (const path of ["/built-on", "/cgi-bin/runs-on"]) {
    expect(await request(80, NAME, path, address)).toMatchObject({ status: 200, body: "aarch64\n" });
  }
  expect(
    await onHost(
      "sh",
      "-c",
      "docker image inspect -f '{{.Architecture}}' $(docker ps -q | xargs docker inspect -f '{{.Image}}')",
    ),
  ).toBe("arm64\n");
});

test("another agent: nothing is planned for the instance, no request fails, and it is the one that reports", async () => {
  await synth("B");
  const actions = await planned();
  expect(actions).toEqual(expect.arrayContaining([expect.stringMatching(/^aws_ssm_document\./)]));
  expect(actions.filter((action) => /^aws_(?!ssm_(parameter|document))/.test(action))).toEqual([]);
  const { code, output, answered, rate } = await applyUnderLoad();
  expect([code, output]).toEqual([0, expect.anything()]);
  console.log(`${answered} requests, ${rate.toFixed(0)} a second`);
  expect(await status()).toMatch(/^agent B [0-9a-f]{12}$/m);
  expect(await live()).toBe("2");
  expect(await documents()).toHaveLength(1);
  expect(await planned()).toEqual([]);
});

/** Declares again what was live before a failure: it takes over, and what failed is gone. */
async function goBackToB(): Promise<void> {
  await synth("B");
  const back = await applyUnderLoad();
  expect([back.code, back.output]).toEqual([0, expect.anything()]);
  expect(await status()).toMatch(/^agent B /m);
  expect(await documents()).toHaveLength(1);
  expect(await planned()).toEqual([]);
}

test("an agent that fails its self-test, twice, and back: the one before serves throughout, and old documents go last", async () => {
  await synth("unfit");
  for (const time of ["first", "again"]) {
    const { code, output } = await applyUnderLoad();
    expect({ time, code }).toEqual({ time, code: 1 });
    expect(unbroken({ output })).toContain("its agent fails its self-test: the program no-such-tool is missing");
    expect(output).not.toMatch(/already exists/i);
    expect(await status()).toMatch(/^agent B /m);
    expect(await documents()).toHaveLength(2);
    expect(await live()).toBe("2");
  }
  expect(await status()).toContain("its agent fails its self-test");
  await goBackToB();
});

test("a release that fails under a good agent, twice, and back: the same", async () => {
  await synth("D", { health: "/none" });
  for (const time of ["first", "again"]) {
    const { code, output } = await applyUnderLoad();
    expect({ time, code }).toEqual({ time, code: 1 });
    expect(output).toContain("is not healthy");
    expect(await status()).toMatch(/^agent D /m);
  }
  expect(await documents()).toHaveLength(2);
  await goBackToB();
});

/** The host's last word about a release that failed. */
async function lastFailure(): Promise<{ version: string; release: string }> {
  const [last] = [...(await journal()).matchAll(/^failed version=(\d+) release=([0-9a-f]{64})/gm)].slice(-1);
  const [, version = "", release = ""] = last ?? [];
  return { version, release };
}

test("with signatures demanded, what is not signed by a required key is refused before it is pulled; KMS signs, and a key takes its place", async () => {
  const [ours, next, theirs] = [keyPair(), keyPair(), keyPair()];
  const create = ["kms", "create-key", "--key-spec", "ECC_NIST_P256", "--key-usage", "SIGN_VERIFY"];
  const arn = (await aws(...create, "--query", "KeyMetadata.Arn")).trim();
  const der = Buffer.from(await aws("kms", "get-public-key", "--key-id", arn, "--query", "PublicKey"), "base64");
  const ofKms = createPublicKey({ key: der, format: "der", type: "spki" }).export({ type: "spki", format: "pem" });
  const signers = [`${ofKms}`, ours.publicKey];

  writeFileSync(join(stage.runDir, "page/index.html"), "the signed page\n");
  await synth("B", { signers });
  const unsigned = await applyUnderLoad();
  expect(unsigned.code).toBe(1);
  const said = unbroken(unsigned);
  const [, repository = "", of = ""] = /page: (\S+)@(sha256:[0-9a-f]{64}) is not signed/.exec(said) ?? [];
  expect(of).not.toBe("");

  const { version, release } = await lastFailure();
  const { ledger, logins, deployer, registry } = stage.account;
  const door = await listen(registry.listener, { address: "127.0.0.1" });
  const authorization = `Basic ${Buffer.from(`AWS:${logins.mint(deployer).password}`).toString("base64")}`;
  const byOurs = { by: ours.privateKey, repository, digest: of };
  const refused: [SignatureArtifact, string][] = [
    [signatureArtifact({ ...byOurs, by: theirs.privateKey }), "is signed by none of the required keys"],
    ...DAMAGED.map(([, artifact, problem]): [SignatureArtifact, string] => [artifact(byOurs), problem]),
  ];
  const told = await underLoad(async () => {
    const answers: string[] = [];
    for (const [artifact] of refused) {
      ledger.remove("page", signatureTag(of)); // no tag of the repository moves
      await pushSignatures(`http://127.0.0.1:${door.port}`, { authorization }, { repository: "page", of }, artifact);
      answers.push(await onHost("slipway", "converge", version, release));
    }
    return answers;
  });
  await door.close();
  expect(told.outcome).toEqual(refused.map(([, problem]) => expect.stringContaining(problem)));
  const pulledByHost = () => registry.pulls.filter(({ by }) => by === machine().instanceId);
  expect(pulledByHost().map(({ reference }) => reference)).not.toContain(of);
  expect((await page()).body).toBe("the page\n");

  ledger.remove("page", signatureTag(of));
  const before = pulledByHost().length;
  await synth("B", { signers, signedBy: arn });
  const byKms = await applyUnderLoad();
  expect([byKms.code, byKms.output]).toEqual([0, expect.anything()]);
  expect((await page()).body).toBe("the signed page\n");
  const looks = pulledByHost().slice(before);
  expect(looks.filter(({ reference }) => reference === signatureTag(of))).toHaveLength(1);
  expect(await planned()).toEqual([]);

  const file = join(stage.runDir, "next.key");
  writeFileSync(file, next.privateKey);
  writeFileSync(join(stage.runDir, "page/index.html"), "the page\n");
  await synth("B", { signers: [`${ofKms}`, next.publicKey], signedBy: file });
  const rotated = await applyUnderLoad();
  expect([rotated.code, rotated.output]).toEqual([0, expect.anything()]);
  expect((await page()).body).toBe("the page\n");
  expect(await planned()).toEqual([]);
});

/** What `npx slipway` asks the host. */
async function tell(...words: string[]): Promise<string> {
  const stack = SynthesizedStack.recall(join(stage.runDir, "cdktf.out"), STACK) as SynthesizedStack;
  const [host] = declaredHosts(stack) as [DeclaredHost];
  const found = { program: "terraform", name: "Terraform", version: "1" } as const;
  const asDeployer: typeof run = (program, args, options) =>
    run(program, args, { ...options, env: { ...options?.env, ...stage.deployerEnvironment } });
  const tools = { command: { run: asDeployer, outputTail }, terraform: found } as unknown as Tools;
  const { code, stdout, stderr } = await tellHost({ stack, host }, words, tools);
  if (code !== 0) throw new Error(`${words.join(" ")}: ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

/** An hour before now and after it, in UTC. */
function windowAroundNow() {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { from: at(-1), to: at(1) };
}

const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`;
const GROUP = `/slipway/${STACK}/host`;
const REPORT = "slipway-schedule-report";
/** A page that does not hear SIGTERM would keep systemd waiting for 90 seconds. */
const LONGEST_SHUTDOWN = 30;

test("a schedule runs by its timer, and logs and metrics are in the account", async () => {
  const unattendedReboot = { window: windowAroundNow() };
  const host = { logs: {}, usageAlarms: { topics: [TOPIC] }, unattendedReboot };
  await synth("B", { host, reports: "* * * * *" });
  const { code, output } = await applyUnderLoad();
  expect([code, output]).toEqual([0, expect.anything()]);
  expect(await planned()).toEqual([]);
  const units = ["converge.service", "converge.timer", "schedule-report.service", "schedule-report.timer"];
  const verified = await onHost(
    ...["systemd-analyze", "verify", "--man=no", ...units.map((unit) => `slipway-${unit}`), "docker.service"],
  );
  expect(verified.split("\n").filter((line) => line.includes("slipway"))).toEqual([]);

  await until("the schedule", async () =>
    (await onHost("journalctl", "-o", "cat", "-u", REPORT)).includes("report: done"),
  );
  expect(await onHost("journalctl", "-o", "cat", "-u", REPORT)).toContain("it reports\n");
  expect(await onHost("systemctl", "show", "--value", "-p", "LastTriggerUSec", `${REPORT}.timer`)).toMatch(/ UTC$/m);
  const told = /^ *report +schedule, next .*, last at .*, done$/m;
  await until("its outcome in the host's status", async () => told.test(await tell("status")));

  expect(await tell("logs", "page")).toMatch(/^\S+Z the page begins$/m);
  await until("its lines in the log group", async () => {
    const words = ["--log-group-name", GROUP, "--query", "events[].message"];
    const lines = (await aws("logs", "filter-log-events", ...words)).trim().split("\t");
    return lines.includes("the page begins") && lines.includes("it reports");
  });
  await until("its metrics", async () => {
    await converged();
    const words = ["--namespace", "Slipway", "--query", "Metrics[].MetricName"];
    const names = await aws("cloudwatch", "list-metrics", ...words);
    return ["DiskUsedPercent", "MemoryUsedPercent"].every((name) => names.includes(name));
  });
});

test("a machine reboots in its window where an upgrade asks for it, soon and once, and serves again", async () => {
  const upgrade = () => onHost("sh", "-c", "echo linux-image-aws >/run/reboot-required.pkgs; : >/run/reboot-required");
  await upgrade();
  const state = () => onHost("sh", "-c", "test -e /run/slipway/rebooting && echo going || echo awake");
  let asked = 0;
  await until("the machine to go down", async () => {
    if (!(await machine().isRunning())) return true;
    // it waits for a run of the schedule
    if ((await state()) !== "awake\n") return false;
    asked = Date.now();
    await converged();
    return false;
  });
  const seconds = (Date.now() - asked) / 1000;
  console.log(`down ${seconds.toFixed(1)} s after the timer looked`);
  expect(seconds).toBeLessThan(LONGEST_SHUTDOWN);
  await machine().start();
  await until("the page", async () => (await page()).body === "the page\n");
  await upgrade();
  await converged();
  expect(await machine().isRunning()).toBe(true);
  expect(await status()).toMatch(/^agent B /m);
  expect(await planned()).toEqual([]);
});

/** As on an instance that was replaced: no agent is left, and it boots. */
async function bootWithoutAgents(): Promise<void> {
  await onHost("sh", "-c", "rm -rf /usr/local/lib/slipway/*; sync");
  await machine().cutPower();
  await machine().start();
}

test("a boot while the document of what is live is gone: the newest version's agent runs it, and then its own", async () => {
  const before = await live();
  await synth("A", { waitForRelease: false });
  expect(await terraform.apply()).toMatchObject({ code: 0 });
  await bootWithoutAgents();
  await until("the agent of the newest version", async () => /^agent [0-9a-f]{12}$/m.test(await status()));
  expect(await journal()).toMatch(/the document slipway\.agent-travels\.host-\S+, which has its agent, is gone/);
  await until("the page", async () => (await page()).body === "the page\n");
  expect(await live()).toBe(before);
  await until("the newest version", async () => {
    await converged();
    return (await live()) === `${Number(before) + 1}`;
  });
  expect(await onHost("systemctl", "list-timers", "--all", "--no-legend", `${REPORT}.timer`)).toBe("");
  expect(await planned()).toEqual([]);
});

test("a document that is damaged: the host says so, and serves on what it served", async () => {
  const [name = ""] = await documents();
  const whole = await aws("ssm", "get-document", "--name", name, "--query", "Content");
  const publish = async (content: string) => {
    const file = join(stage.runDir, "document.json");
    writeFileSync(file, content);
    await aws("ssm", "delete-document", "--name", name);
    await aws(
      ...["ssm", "create-document", "--name", name, "--document-type", "Command", "--document-format", "JSON"],
      ...["--target-type", "/AWS::EC2::Instance", "--content", `file://${file}`],
    );
  };
  const lines: string[] = JSON.parse(whole).mainSteps[0].inputs.runCommand;
  const payload = lines[lines.findIndex((line) => line.endsWith("<<'end'")) + 20] as string;
  await publish(whole.replace(payload, [...payload].reverse().join("")));
  await bootWithoutAgents();
  await until("a verdict", async () => /its agent is damaged: it has not the SHA-256/.test(await journal()));
  await until("the page", async () => (await page()).body === "the page\n");
  await publish(whole);
  await until("its agent", async () => {
    await converged();
    return /^agent [0-9a-f]{12}$/m.test(await status());
  });
});

/** What the declaration says of the stack by now. */
const model = () => modelIn(terraform.folder);

/** What the account has of what a review tells: ports that the host's group lets through, and what its role may do. */
async function inTheAccount(): Promise<{ ports: string[]; permissions: string[] }> {
  const { instances, policies } = stage.account;
  const { role = "", securityGroups } = instances.subjectOf(machine().instanceId)?.facts ?? {};
  const groups = ["ec2", "describe-security-groups", "--group-ids", ...(securityGroups ?? [])];
  const ports = await Promise.all(
    ["IpPermissions", "IpPermissionsEgress"].map(async (direction) => {
      const text = await aws(...groups, "--query", `SecurityGroups[].${direction}[].[IpProtocol, FromPort, ToPort]`);
      return text.split("\n").map((line) => `${direction} ${line}`);
    }),
  );
  const list = (value: string | readonly string[] = []) => [value].flat();
  const permissions = (await policies.statements(role)).flatMap(({ Action, Resource }) =>
    list(Action).flatMap((action) => list(Resource).map((resource) => `${action} on ${resource}`)),
  );
  return { ports: ports.flat(), permissions };
}

const added = (before: readonly string[], after: readonly string[]) => after.filter((each) => !before.includes(each));

/** Applies while one visitor comes again and again, and answers for how long nothing was answered at the most. */
async function awayDuringApply(): Promise<number> {
  const stream = requestStream(80, NAME, "/", address);
  const { code, stdout, stderr } = await terraform.apply();
  expect([code, code === 0 ? "" : errors(`${stdout}\n${stderr}`)]).toEqual([0, ""]);
  await until("the page", async () => (await page()).body === "the page\n");
  return (await stream.stop()).silentSeconds;
}

test("a larger type, ports both ways and rights more: the machine restarts as its review says, for no longer, and the account has just these", async () => {
  const { certificate, key } = selfSigned(["secure.example.org"]);
  for (const [name, value] of Object.entries({
    "/page/token": "a token of the page",
    "/page/certificate": `${key}${certificate}`,
  })) {
    await aws("ssm", "put-parameter", "--name", name, "--type", "SecureString", "--value", value);
  }
  const [before, had, { instanceId }] = [model(), await inTheAccount(), machine()];
  const outbound = [{ port: 5432, description: "a database" }];
  const change = {
    ...{ host: { instanceType: "t4g.micro", outbound }, parameter: "/page/token" },
    certificate: "/page/certificate",
  };
  await synth("A", change);
  const said = compare(before, model());
  expect(said.hosts).toMatchObject([{ path: `${STACK}/host`, effect: "restarted", why: ["type"] }]);
  expect(verdict(said)).toContain(`1 host restarts: its sites are away for ${MACHINE_AWAY}`);
  const away = await awayDuringApply();
  console.log(`restarted: ${away.toFixed(1)} s without an answer`);
  expect(machine().instanceId).toBe(instanceId);
  expect(away).toBeGreaterThan(1);
  expect(away).toBeLessThanOrEqual(AWAY_MINUTES * 60);
  const has = await inTheAccount();
  expect(added(had.ports, has.ports)).toEqual(["IpPermissions tcp\t443\t443", "IpPermissionsEgress tcp\t5432\t5432"]);
  expect(said.hosts[0]?.outbound).toMatchObject([{ key: "tcp 5432 0.0.0.0/0", before: undefined }]);
  expect(said.hosts[0]?.opened).toMatchObject([{ key: "tcp 443 0.0.0.0/0", before: undefined }]);
  expect(verdict(said)).toContain("1 new port open to the world");
  const gained = added(had.permissions, has.permissions);
  expect(gained).toHaveLength(2);
  // who deploys may wait again, which the stack before did not: of these the account knows nothing
  const ofTheHost = widerPermissions(said).filter(({ host }) => host !== undefined);
  expect(ofTheHost).toEqual(gained.map((permission) => ({ host: `${STACK}/host`, permission })));
  expect([added(has.ports, had.ports), added(has.permissions, had.permissions)]).toEqual([[], []]);
});

test("another package of the machine: it is replaced as its review says, and away for no longer", async () => {
  const [before, { instanceId }] = [model(), machine()];
  await synth("A", { host: { packages: ["tree"] } });
  const said = compare(before, model());
  expect(said.hosts).toMatchObject([{ effect: "replaced", why: expect.arrayContaining(["userData"]) }]);
  expect(verdict(said)).toContain(`1 host is replaced: its sites are away for ${MACHINE_AWAY}`);
  const away = await awayDuringApply();
  console.log(`replaced: ${away.toFixed(1)} s without an answer`);
  expect(machine().instanceId).not.toBe(instanceId);
  expect(away).toBeGreaterThan(1);
  expect(away).toBeLessThanOrEqual(AWAY_MINUTES * 60);
});

test("destroy takes the documents away, too", async () => {
  expect(await terraform.destroy()).toMatchObject({ code: 0 });
  expect(await documents()).toEqual([]);
});
