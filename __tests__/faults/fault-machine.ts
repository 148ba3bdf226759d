import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { Cleanup } from "../../src/rehearsal/cleanup.ts";
import type { EcrRegistry } from "../../src/rehearsal/doubles/ecr-registry.ts";
import { hostDiagnostics } from "../../src/rehearsal/host-diagnostics.ts";
import type { StandIn } from "../../src/rehearsal/machine/stand-in.ts";
import { type ProgramOutcome, requireProgram } from "../../src/rehearsal/program.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";
import { Stage } from "../../src/rehearsal/stage.ts";
import { errors, plannedText, Terraform } from "../../src/rehearsal/terraform.ts";
import { ACCOUNT, REGION } from "../real/rehearsal-account.ts";
import { machineLike } from "../real/rehearsal-machine.ts";
import { type Answers, request, requestStream } from "../real/request-stream.ts";

const ROOT = resolve(__dirname, "../..");
const STACK = "faults";
const NAME = "page.example.org";
const PARAMETER = `/slipway/${STACK}/host/release`;
const VISITORS = 2;

/** How an image of the page differs from the usual one. */
export interface PageImage {
  /** What it runs. @default a web server */
  readonly command?: readonly string[];
  /** How much of it does not compress. @default 0 */
  readonly bytes?: number;
}

/** A version of the host's parameter. */
export interface Told {
  readonly version: number;
  readonly release: string;
}

interface Manifest {
  readonly services: readonly Readonly<Record<string, unknown>>[];
  readonly [other: string]: unknown;
}

/** How a run of the agent ended, and what it said. */
export interface Outcome {
  readonly status: number;
  readonly said: string;
}

/**
 * A nano that lives through one fault after another: deployed by Terraform, rehearsed as a machine with systemd, its own
 * engine and Nginx. Its page says which version of it answers.
 */
export class FaultMachine {
  readonly #cleanup = new Cleanup();
  #stage!: Stage;
  #terraform!: Terraform;
  #address = "";
  #images = 0;
  #declared!: Manifest;
  /** What the page says while the host is well. */
  serves = "";

  /** Boots it, and deploys the first version of the page. */
  async start(): Promise<void> {
    this.#stage = await Stage.raise(
      {
        ...{
          account: ACCOUNT,
          region: REGION,
          serials: ["20250610"],
          ...machineLike("debian-13"),
          variant: "prepared",
        },
        cacheDir: rehearsalCache(),
        log: () => {},
      },
      this.#cleanup,
    );
    this.#declare("declared");
    await this.#synth();
    const folder = join(this.#stage.runDir, "cdktf.out/stacks", STACK);
    this.#terraform = new Terraform(folder, this.#stage.deployerEnvironment);
    await this.#terraform.init();
    await this.#apply();
    this.#address = String((await this.#terraform.outputs()).address);
    const text = await this.#aws("get-parameter", "--name", PARAMETER, "--query", "Parameter.Value");
    this.#declared = JSON.parse(gunzipSync(Buffer.from(text, "base64")).toString("utf8"));
    this.serves = "declared";
    await this.isWhole();
  }

  async stop(): Promise<void> {
    const left = await this.#cleanup.run();
    if (left.length > 0) throw new Error(left.join("\n"));
  }

  get machine(): StandIn {
    const [only, ...more] = this.#stage.room.machines;
    if (!only || more.length > 0) throw new Error("the stack has one machine");
    return only;
  }

  get registry(): EcrRegistry {
    return this.#stage.account.registry;
  }

  /** What the machine needed since its boot. */
  get memory() {
    return this.#stage.room.memoryOf(this.machine.instanceId);
  }

  /** Runs a shell program as root on the machine, whatever its outcome. */
  async shell(text: string): Promise<Outcome> {
    return outcomeOf(await this.machine.exec("sh", "-c", text));
  }

  /** The same. @throws where it fails */
  async on(text: string): Promise<string> {
    const { status, said } = await this.shell(text);
    if (status !== 0) throw new Error(`${text}: ended with ${status}: ${said}`);
    return said.trim();
  }

  /** MiB that its processes hold beside those of containers: what cannot be dropped. */
  async memoryBeside(): Promise<number> {
    const kilobytes = await this.on(
      `for each in /proc/[0-9]*; do grep -q docker[-/][0-9a-f] $each/cgroup 2>/dev/null || grep -h RssAnon $each/status 2>/dev/null; done | awk '{ sum += $2 } END { print sum }'`,
    );
    return Math.round(Number(kilobytes) / 1024);
  }

  /** Builds a version of the page, and pushes it as the deployer does. @returns its reference by digest */
  async image(version: string, { command, bytes = 0 }: PageImage = {}): Promise<string> {
    this.#images += 1;
    const context = this.#context(`image-${this.#images}`, version, command, bytes);
    const tag = `${this.#stage.registryHost}/page:fault-${this.#images}`;
    const env = { env: this.#stage.deployerEnvironment };
    await requireProgram("docker", ["build", "--quiet", "--tag", tag, context], env);
    await requireProgram("docker", ["push", "--quiet", tag], env);
    const digest = await requireProgram("docker", ["image", "inspect", "-f", "{{index .RepoDigests 0}}", tag], env);
    return digest.trim();
  }

  /** The declared manifest with another page and other limits. */
  manifest(image: string, change: Readonly<Record<string, unknown>> = {}): string {
    const [page] = this.#declared.services;
    const spec = digest(JSON.stringify([image, change])).slice(0, 16);
    return JSON.stringify({ ...this.#declared, services: [{ ...page, image, spec, ...change }] });
  }

  /** Puts it into the parameter, as an apply does. */
  async put(image: string, change?: Readonly<Record<string, unknown>>): Promise<Told> {
    return await this.putText(this.manifest(image, change));
  }

  /** Puts any text as a manifest. */
  async putText(text: string): Promise<Told> {
    const value = gzipSync(text).toString("base64");
    const words = ["--name", PARAMETER, "--type", "String", "--tier", "Intelligent-Tiering", "--overwrite"];
    const version = await this.#aws("put-parameter", ...words, "--value", value, "--query", "Version");
    return { version: Number(version), release: digest(text) };
  }

  /** Releases it as Run Command does. */
  async tell({ version, release }: Told, environment: readonly string[] = []): Promise<Outcome> {
    return outcomeOf(await this.machine.exec("env", ...environment, "slipway", "converge", `${version}`, release));
  }

  /** What the timer does. */
  async converge(): Promise<Outcome> {
    return outcomeOf(await this.machine.exec("slipway", "converge"));
  }

  async page(path = "/"): Promise<string> {
    return (await request(80, NAME, path, this.#address)).body.trim();
  }

  /** The status that a visitor gets, or why none came. */
  async visit(): Promise<string> {
    return await request(80, NAME, "/", this.#address).then(
      ({ status }) => `${status}`,
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
  }

  /** Whoever visits while `happens` does, and a moment before and after. */
  async visited<Result>(
    happens: () => Promise<Result>,
  ): Promise<{ result: Result; failed: readonly string[]; said: string[] }> {
    const streams = Array.from({ length: VISITORS }, () => requestStream(80, NAME, "/", this.#address));
    await sleep(500);
    let result: Result;
    let all: Answers[];
    try {
      result = await happens();
      await sleep(500);
    } finally {
      all = await Promise.all(streams.map((stream) => stream.stop()));
    }
    const said = [...new Set(all.flatMap(({ bodies }) => [...bodies.keys()]))].map((body) => body.trim());
    return { result, failed: all.flatMap(({ failed }) => failed), said };
  }

  /** Waits until it holds. @throws after a minute and a half, with what the machine says of itself */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 90_000; ; await sleep(200)) {
      if (await holds().catch(() => false)) return;
      if (Date.now() > end) throw new Error(`not within 90 s: ${what}\n${await hostDiagnostics(this.machine)}`);
    }
  }

  async answers(version: string): Promise<void> {
    await this.until(`the page of ${version}`, async () => (await this.page()) === `version ${version}`);
    this.serves = version;
  }

  /** One version is whole: it answers, one container runs and none is left over, and the agent finds nothing to do. */
  async isWhole(): Promise<void> {
    await this.until("another run to be over", async () => !(await this.converge()).said.includes("another run"));
    expect(await this.page()).toBe(`version ${this.serves}`);
    expect((await this.on("docker ps --all --format '{{.Names}} {{.State}}'")).split("\n")).toEqual([
      expect.stringMatching(/^slipway-page-\d+ running$/),
    ]);
    expect(await this.shell("slipway status")).toMatchObject({ status: 0 });
    expect(await this.converge()).toEqual({ status: 0, said: "" });
  }

  /** After a fault: what serves is whole, and the next release goes out without a request that fails. */
  async converges(): Promise<void> {
    await this.isWhole();
    const version = `after ${this.#images}`;
    const told = await this.put(await this.image(version));
    const { result, failed } = await this.visited(() => this.tell(told));
    expect(result.said).toContain(`live version=${told.version} release=${told.release}`);
    expect([result.status, failed]).toEqual([0, []]);
    this.serves = version;
    await this.isWhole();
  }

  /** What the declaration says again, by Terraform: the plan after it is empty. */
  async applies(): Promise<void> {
    await this.#apply();
    this.serves = "declared";
    await this.isWhole();
    expect((await this.#terraform.plan()).map(plannedText)).toEqual([]);
  }

  #declare(version: string): void {
    this.#context("page", version);
  }

  #context(name: string, version: string, command?: readonly string[], bytes = 0): string {
    const folder = join(this.#stage.runDir, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.html"), `version ${version}\n`);
    // as the first process of a container BusyBox's httpd ends by no other signal
    const served = command ?? ["busybox", "httpd", "-f", "-p", "8080", "-h", "/srv"];
    const weight = bytes > 0 ? `RUN for part in a b c d; do head -c ${bytes} /dev/urandom >/weight.$part; done\n` : "";
    writeFileSync(
      join(folder, "Dockerfile"),
      `FROM busybox:1.36\nCOPY index.html /srv/\n${weight}STOPSIGNAL SIGKILL\nEXPOSE 8080\nCMD ${JSON.stringify(served)}\n`,
    );
    return folder;
  }

  async #synth(): Promise<void> {
    await requireProgram(process.execPath, ["--import", "tsx", join(__dirname, "fault-host.ts")], {
      cwd: ROOT,
      env: {
        ...this.#stage.deployerEnvironment,
        CDKTF_OUTDIR: join(this.#stage.runDir, "cdktf.out"),
        SLIPWAY_TEST_STACK: STACK,
        SLIPWAY_TEST_ACCOUNT: ACCOUNT,
        SLIPWAY_TEST_REGION: REGION,
        SLIPWAY_TEST_CONTEXT: join(this.#stage.runDir, "page"),
        SLIPWAY_TEST_NAME: NAME,
      },
    });
  }

  async #apply(): Promise<void> {
    const { code, stdout, stderr } = await this.#terraform.apply();
    if (code !== 0) throw new Error(`${errors(`${stdout}\n${stderr}`)}\n${await hostDiagnostics(this.machine)}`);
  }

  async #aws(verb: string, ...words: string[]): Promise<string> {
    const env = { env: this.#stage.deployerEnvironment };
    const text = await requireProgram("aws", ["ssm", verb, ...words, "--region", REGION, "--output", "text"], env);
    return text.trim();
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function outcomeOf({ code, stdout, stderr }: ProgramOutcome): Outcome {
  return { status: code, said: `${stdout}${stderr}` };
}
