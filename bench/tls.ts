/**
 * What TLS costs a host that boots: a rehearsed deploy of one page without it and one with it, on machines of a nano's
 * memory that install their packages, the ACME client among them; the certificates are of a real ACME server (pebble). It
 * is the rehearsal of TLS, too: the certificate is issued and asked for by name, HTTP is sent to HTTPS, and a second plan is
 * empty. As root, with what `npx slipway env` prints: `node --import tsx bench/tls.ts [--prepared]`; with `--prepared` the machine has its packages already.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AcmeServer } from "../__tests__/real/acme-server.ts";
import { Cleanup } from "../src/rehearsal/cleanup.ts";
import { hostDiagnostics } from "../src/rehearsal/host-diagnostics.ts";
import { requireProgram } from "../src/rehearsal/program.ts";
import { rehearsalCache } from "../src/rehearsal/rehearsal-cache.ts";
import { Stage } from "../src/rehearsal/stage.ts";
import { errors, plannedText, Terraform } from "../src/rehearsal/terraform.ts";
import type { DeclaredTlsHost } from "./programs/tls-host.ts";

const ROOT = resolve(__dirname, "..");
const PLACE = { account: "123456789012", region: "eu-west-1" };
const NAME = "page.example.org";
const GOAL = 1.5;
const LONGEST_MS = 600_000;
const TEXT = "the page";

interface Asked {
  readonly address: string;
  readonly port: number;
  /** Who must have signed. @default - it is asked by HTTP */
  readonly ca?: string;
}

/** The status and body of the page, or nothing where nobody answers or the certificate is not of `ca`. */
function visit({ address, port, ca }: Asked): Promise<{ status: number; body: string; location?: string } | undefined> {
  const options = { host: address, port, headers: { host: NAME }, agent: false, timeout: 3000 };
  return new Promise((done) => {
    const asking = ca === undefined ? requestPlain(options) : requestTls({ ...options, ca, servername: NAME });
    asking.on("response", (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (more) => {
        body += more;
      });
      answer.on("end", () => done({ status: answer.statusCode ?? 0, body, location: answer.headers.location }));
    });
    asking.on("timeout", () => asking.destroy());
    asking.on("error", () => done(undefined)).end();
  });
}

function ensure(ok: boolean, what: string): void {
  if (!ok) throw new Error(what);
}

/** One deploy: the seconds from the machine's boot to the first body, by TLS where `acme` is given. */
async function deploy(stage: Stage, acme: AcmeServer | undefined): Promise<number> {
  const stack = acme ? "with-tls" : "without-tls";
  const output = join(stage.runDir, stack);
  const declared: DeclaredTlsHost = {
    ...PLACE,
    stack,
    instanceType: process.arch === "arm64" ? "t4g.nano" : "t3.nano",
    context: join(stage.runDir, "page"),
    name: NAME,
    ...(acme && {
      acme: { directory: acme.directory, caFile: acme.caFile, port: Number(new URL(acme.directory).port) },
    }),
  };
  await requireProgram(process.execPath, ["--import", "tsx", "bench/programs/tls-host.ts"], {
    cwd: ROOT,
    env: { ...stage.deployerEnvironment, CDKTF_OUTDIR: output, SLIPWAY_BENCH_DECLARED: JSON.stringify(declared) },
  });
  const terraform = new Terraform(join(output, "stacks", stack), stage.deployerEnvironment);
  await terraform.init();
  const ca = await acme?.roots();
  const first = firstBody(stage, acme, ca);
  first.catch(() => {}); // an apply that fails is what is told
  try {
    const { code, stdout, stderr } = await terraform.apply();
    ensure(code === 0, `terraform apply failed\n${errors(`${stdout}\n${stderr}`)}`);
    const { seconds, address } = await first;
    if (acme) {
      const plain = await visit({ address, port: 80 });
      const to = `https://${NAME}/`;
      ensure(
        plain?.status === 308 && plain.location === to,
        `HTTP must be sent to ${to}, got ${JSON.stringify(plain)}`,
      );
    }
    const planned = await terraform.plan();
    ensure(planned.length === 0, `a second plan must be empty: ${planned.map(plannedText).join("; ")}`);
    return seconds;
  } catch (error) {
    for (const machine of stage.room.machines) console.error(await hostDiagnostics(machine));
    throw error;
  } finally {
    const { code, stdout, stderr } = await terraform.destroy();
    if (code !== 0) console.error(errors(`${stdout}\n${stderr}`));
    await stage.account.instances.settled();
  }
}

async function firstBody(stage: Stage, acme: AcmeServer | undefined, ca: string | undefined) {
  const port = acme ? 443 : 80;
  let isTold = false;
  for (const end = Date.now() + LONGEST_MS; Date.now() < end; await sleep(100)) {
    const [machine] = stage.room.machines;
    const inside = machine && stage.account.instances.addressOf(machine.instanceId);
    if (acme && inside && !isTold) {
      await acme.sendNamesTo(inside);
      isTold = true;
    }
    const address = stage.account.addresses.open.find((key) => key.includes(`:${port}>`))?.split(":")[0];
    if (!machine || !address) continue;
    const page = await visit({ address, port, ca });
    if (page?.status === 200 && page.body.includes(TEXT)) {
      return { address, seconds: (Date.now() - machine.started) / 1000 };
    }
  }
  throw new Error(`no page at port ${port} within ${LONGEST_MS / 1000} s`);
}

async function main(): Promise<void> {
  const cleanup = new Cleanup();
  const acme = new AcmeServer("10.83.46.1", true);
  const log = (line: string) => console.error(line);
  try {
    const variant = process.argv.includes("--prepared") ? "prepared" : "bare";
    const cacheDir = rehearsalCache();
    const stage = await Stage.raise({ ...PLACE, serials: ["20250610"], variant, cacheDir, log }, cleanup);
    const context = join(stage.runDir, "page");
    mkdirSync(context);
    writeFileSync(join(context, "index.html"), `${TEXT}\n`);
    writeFileSync(join(context, ".dockerignore"), "");
    const lines = ["FROM busybox:1.36", "COPY index.html /srv/", "EXPOSE 8080", "STOPSIGNAL SIGKILL"];
    writeFileSync(
      join(context, "Dockerfile"),
      `${lines.join("\n")}\nCMD ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv"]\n`,
    );
    await acme.start(80);
    cleanup.add("the ACME server", async () => {
      await acme.stop();
      acme.remove();
    });
    const without = await deploy(stage, undefined);
    const secured = await deploy(stage, acme);
    const ratio = secured / without;
    console.log("| from boot to the first body | seconds |\n|---|---|");
    console.log(`| by HTTP | ${without.toFixed(1)} |\n| by TLS | ${secured.toFixed(1)} |`);
    console.log(`| ratio, ${GOAL} at most | ${ratio.toFixed(2)}× |`);
    process.exitCode = ratio <= GOAL ? 0 : 1;
  } finally {
    const left = await cleanup.run();
    if (left.length > 0) console.error(left.join("\n"));
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
