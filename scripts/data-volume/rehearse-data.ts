/**
 * Rehearses the life of a data volume on this machine: npm run rehearse -- data-volume [--verbose]
 *
 * A service counts its visits on a volume. Its instance is replaced, the volume comes late and not at all, an older state
 * is restored from a snapshot, and the stack is destroyed: no visit is forgotten. Some four minutes.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import { policyOutput, refusedBy } from "../../src/rehearsal/deployer-policy.ts";
import type { Check } from "../../src/rehearsal/host-checks.ts";
import { hostDiagnostics } from "../../src/rehearsal/host-diagnostics.ts";
import type { StandIn } from "../../src/rehearsal/machine/stand-in.ts";
import { requireProgram } from "../../src/rehearsal/program.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";
import { Stage } from "../../src/rehearsal/stage.ts";
import { errors, plannedText, Terraform } from "../../src/rehearsal/terraform.ts";
import type { DeclaredData } from "./data-host.ts";
import { exitAsToldBy } from "./exit-code.ts";

const ROOT = resolve(__dirname, "../..");
const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const STACK = "data-volume";
const CERTIFICATE = "/var/lib/slipway/tls/kept.example.org.pem";
const DOCKERFILE = `FROM busybox:1.36
COPY visit /srv/cgi-bin/visit
RUN chmod +x /srv/cgi-bin/visit && echo page > /srv/index.html
EXPOSE 8080
STOPSIGNAL SIGKILL
CMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv"]
`;
const VISIT = "#!/bin/sh\necho\necho visit >>/data/visits && sync && wc -l </data/visits\n";

const verbose = process.argv.includes("--verbose");
const began = Date.now();
const log = (line: string): void => console.log(`[${((Date.now() - began) / 1000).toFixed(1).padStart(6)}] ${line}`);
const cleanup = new Cleanup();
const checks: Check[] = [];
let stage: Stage;
let terraform: Terraform;
let address = "";

function check(what: string, ok: boolean, seen: string): void {
  checks.push({ what, ok, seen });
  log(`${ok ? "ok" : "FAILED"}: ${what} (${seen})`);
}

async function synth(change: Partial<DeclaredData> = {}): Promise<void> {
  const usual: DeclaredData = {
    ...{ stack: STACK, account: ACCOUNT, region: REGION, sizeGiB: 1, deadlineSeconds: 300 },
    instanceType: process.arch === "arm64" ? "t4g.nano" : "t3.nano",
    context: join(stage.runDir, "visits"),
  };
  await requireProgram(process.execPath, ["--import", "tsx", "scripts/data-volume/data-host.ts"], {
    cwd: ROOT,
    env: {
      ...stage.deployerEnvironment,
      CDKTF_OUTDIR: join(stage.runDir, "cdktf.out"),
      SLIPWAY_REHEARSAL_DECLARED: JSON.stringify({ ...usual, ...change }),
    },
  });
}

async function terraformMust(verb: string, ...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await terraform.run(verb, words);
  if (code !== 0) throw new Error(`terraform ${verb} failed\n${errors(`${stdout}\n${stderr}`)}`);
  return stdout;
}

const apply = (...words: string[]) => terraformMust("apply", "-auto-approve", "-input=false", ...words);
const aws = (...words: string[]) =>
  requireProgram("aws", [...words, "--region", REGION, "--output", "text"], { env: stage.deployerEnvironment });
const volume = async () => String((await terraform.outputs())["data-volume"]);

function machine(): StandIn {
  const [only, ...more] = stage.room.machines;
  if (!only || more.length > 0) throw new Error(`the stack has one machine, got ${more.length + (only ? 1 : 0)}`);
  return only;
}

async function onHost(...command: string[]): Promise<string> {
  const { stdout, stderr } = await machine().exec(...command);
  return `${stdout}${stderr}`.trim();
}

/** What is answered under a name; its status where that is not 200. */
function visit(name: string, path: string): Promise<string> {
  return new Promise((done) => {
    const asked = get({ host: address, path, headers: { Host: name }, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => done(answer.statusCode === 200 ? text.trim() : `status ${answer.statusCode}`));
    });
    asked.on("error", (error) => done(error.message));
  });
}

const visits = () => visit("visits.example.org", "/cgi-bin/visit");
const page = () => visit("page.example.org", "/");

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 180_000; Date.now() < end; await sleep(500)) if (await holds()) return;
  throw new Error(`not within three minutes: ${what}`);
}

async function replaced(): Promise<void> {
  const [instance] = (await terraformMust("state", "list")).match(/^aws_instance\..*$/m) ?? [];
  const before = [machine().instanceId, await volume()];
  await onHost("sh", "-c", `mkdir -p ${CERTIFICATE.replace(/\/[^/]*$/, "")} && echo key >${CERTIFICATE}`);
  await onHost("systemctl", "start", "slipway-converge.service");
  await apply(`-replace=${instance}`);
  const after = [machine().instanceId, await volume()];
  check(
    "the instance is another, the volume is not",
    before[0] !== after[0] && before[1] === after[1],
    after.join(" "),
  );
  const count = await visits();
  check("its visits are on the new instance", count === "3", count);
  const certificate = await onHost("cat", CERTIFICATE);
  check("its certificates are on the new instance", certificate === "key", certificate);
  const actions = await terraform.plan();
  check("a second plan is empty", actions.length === 0, actions.map(plannedText).join("; ") || "no action");
}

async function missing(): Promise<void> {
  const id = await volume();
  const device = machine().deviceOf(id) ?? "";
  await machine().unplug(id);
  await machine().reboot();
  await until("the page after a boot without the volume", async () => (await page()) === "page");
  await onHost("systemctl", "start", "slipway-converge.service");
  const answers = [await page(), await visits()];
  check(
    "without its volume the rest serves, and the service does not start",
    `${answers}` === "page,status 502",
    `${answers}`,
  );
  const told = await onHost("slipway", "status");
  check(
    "status says so",
    told.includes(`data volume ${id} is NOT MOUNTED`),
    told.split("\n").find((line) => line.includes(id)) ?? told,
  );
  const folder = await onHost("ls", "/var/lib/slipway-data");
  check("there is no folder in its place", folder.includes("No such file"), folder);
  await machine().plugIn(id, device);
  await onHost("systemctl", "start", "slipway-converge.service");
  await until("the visits, once the volume is there", async () =>
    /^\d+$/.test(await visit("visits.example.org", "/cgi-bin/visit")),
  );
  const count = Number(await visits());
  check("once it comes, late, the service goes on where it was", count === 5, `${count}`);
}

async function restored(): Promise<void> {
  const before = await volume();
  const snapshotId = (await aws("ec2", "create-snapshot", "--volume-id", before, "--query", "SnapshotId")).trim();
  await stage.account.instances.settled();
  await visits();
  const [address_] = (await terraformMust("state", "list")).match(/^aws_ebs_volume\..*$/m) ?? [];
  await terraformMust("state", "rm", address_ ?? "");
  await synth({ snapshotId });
  await apply();
  const after = await volume();
  const count = await visits();
  check(
    "a second volume, from the snapshot, has what was there then",
    before !== after && count === "6",
    `${after}: ${count}`,
  );
  const old = (await aws("ec2", "describe-volumes", "--volume-ids", before, "--query", "Volumes[].State")).trim();
  check("the first is kept", old === "available", old);
}

async function destroyed(): Promise<void> {
  const id = await volume();
  const refused = await terraform.destroy();
  check("destroy refuses to take the volume", refused.code === 1, errors(refused.stderr).split("\n")[0] ?? "");
  const [address_] = (await terraformMust("state", "list")).match(/^aws_ebs_volume\..*$/m) ?? [];
  const policies = policyOutput(await terraform.outputs());
  await terraformMust("state", "rm", address_ ?? "");
  await terraformMust("destroy", "-auto-approve", "-input=false");
  await stage.account.instances.settled();
  const left = (await aws("ec2", "describe-volumes", "--volume-ids", id, "--query", "Volumes[].State")).trim();
  check("it is there when all else is gone", left === "available" && stage.room.machines.length === 0, left);
  const beyond = refusedBy(policies ?? [], stage.account.asksOf("deployer")).filter(
    (line) => !line.includes("CreateSnapshot"),
  );
  check("the policy for whoever deploys allows what was done", beyond.length === 0, beyond.join("; ") || "all of it");
}

async function main(): Promise<number> {
  let failure: unknown;
  try {
    log("the stage");
    const place = { account: ACCOUNT, region: REGION, serials: ["20250610"], variant: "prepared" } as const;
    stage = await Stage.raise({ ...place, cacheDir: rehearsalCache(), log }, cleanup);
    const context = join(stage.runDir, "visits");
    mkdirSync(context);
    for (const [name, text] of Object.entries({ Dockerfile: DOCKERFILE, visit: VISIT, ".dockerignore": "" })) {
      writeFileSync(join(context, name), text);
    }
    await synth();
    const show = verbose ? (chunk: string) => void process.stdout.write(chunk) : undefined;
    terraform = new Terraform(join(stage.runDir, "cdktf.out/stacks", STACK), stage.deployerEnvironment, show);
    await terraform.init();
    log("the first apply");
    await apply();
    address = String((await terraform.outputs()).address);
    const counts = [await visits(), await visits()];
    check("a blank volume is formatted, and visits count", `${counts}` === "1,2", `${counts}`);
    for (const [what, story] of Object.entries({ replaced, missing, restored, destroyed })) {
      log(what);
      await story();
    }
    check(
      "the API was followed",
      stage.account.instances.failures.length === 0,
      stage.account.instances.failures.join("; ") || "without failures",
    );
  } catch (error) {
    failure = error;
    for (const each of stage?.room.machines ?? []) console.error(await hostDiagnostics(each));
  }
  log("taking everything away");
  const left = await cleanup.run();
  if (failure) console.error(failure instanceof Error ? failure.message : String(failure));
  if (left.length > 0) console.error(`could not be taken away\n${left.join("\n")}`);
  const failed = checks.filter(({ ok }) => !ok).length;
  console.log(`${checks.length - failed} checks passed, ${failed} failed`);
  return failure || left.length > 0 || failed > 0 ? 1 : 0;
}

const interrupted = (): void => void cleanup.run().then(() => process.exit(130));
process.once("SIGINT", interrupted);
process.once("SIGTERM", interrupted);
exitAsToldBy(main);
