import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { agentArtifact } from "../../../../src/aws/nano/agent-artifact.ts";
import { hostAgentFiles } from "../../../../src/aws/nano/agent-files.ts";
import { stageZero } from "../../../../src/aws/nano/stage-zero/stage-zero.ts";
import { endOf } from "../../../ended-child.ts";
import { FakeRoot } from "../../../fake-root.ts";

const PROGRAMS = join(__dirname, "fake-programs.sh");
const PRETENDED = [
  "docker",
  "nginx",
  "curl",
  "systemctl",
  "ss",
  "sleep",
  "id",
  "logger",
  "cloud-init",
  "systemd-analyze",
];
const HOST = "shop/host";
const LIB = "usr/local/lib/slipway";
const AGENT = agentArtifact().sha256;

/** A service of a manifest, by the letter of its image; what a test leaves out is usual. */
export interface FakeService {
  readonly name: string;
  readonly image: string;
  readonly [other: string]: unknown;
}

export interface FakeOutcome {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly last: string | undefined;
}

/** A nano host without root, engine, Nginx or AWS: the agent's own files, and programs that only pretend. */
export class FakeNano extends FakeRoot {
  private readonly ports = new Map<string, number>();

  constructor() {
    super("nano");
    const nginx = `http {\n    include ${this.root}/etc/nginx/slipway/*.conf;\n}\n`;
    for (const { path, content, permissions } of hostAgentFiles()) {
      const file = `${LIB}/agents/${AGENT}/${path}`;
      this.write(file, path.endsWith("/nginx.conf") ? nginx : content);
      chmodSync(join(this.root, file), Number.parseInt(permissions, 8));
      if (path.startsWith("host/")) this.write(path.slice("host/".length), this.read(file));
    }
    symlinkSync(`agents/${AGENT}`, join(this.root, LIB, "current"));
    this.write("usr/local/sbin/slipway-agent", stageZero());
    chmodSync(join(this.root, "usr/local/sbin/slipway-agent"), 0o755);
    symlinkSync("../lib/slipway/current/sbin/slipway", join(this.root, "usr/local/sbin/slipway"));
    this.write("var/lib/slipway/set-up", `${AGENT}\n`);
    for (const name of PRETENDED) {
      this.write(`pretended/bin/${name}`, "");
      cpSync(PROGRAMS, join(this.root, "pretended/bin", name));
      chmodSync(join(this.root, "pretended/bin", name), 0o755);
    }
    for (const folder of ["docker", "nginx", "health", "aws", "connections"]) {
      mkdirSync(join(this.root, "pretended", folder));
    }
    this.write("etc/slipway/host.conf", `HOST=${HOST}\nPARAMETER=/slipway/release\nMARKER_PORT=8100\n`);
    this.write("var/log/nginx/error.log", "");
    const first = "var/lib/slipway/generations/0";
    for (const [name, text] of Object.entries({ "sites.conf": "", serving: "", slots: "", release: "none.0\n" })) {
      this.write(`${first}/${name}`, text);
    }
    this.write(`${first}/release.conf`, 'map "" $configuration_id {\n    default none;\n}\n');
    this.write("var/lib/slipway/bootstrapped", "");
    symlinkSync(join(this.root, first), join(this.root, "var/lib/slipway/live"));
    symlinkSync(join(this.root, "var/lib/slipway/live"), join(this.root, "etc/nginx/slipway"));
    this.pretend("nginx/running");
    this.pretend("nginx/loaded", "none\n");
  }

  private static first?: FakeNano;

  /** A host that serves `web`, image 1, in version 1; made once and copied, for a release starts hundreds of programs. */
  static async serving(): Promise<FakeNano> {
    const web = [{ name: "web", image: "1" }];
    if (!FakeNano.first) {
      FakeNano.first = new FakeNano();
      await FakeNano.first.deploy(web);
    }
    const nano = new FakeNano();
    nano.manifest(web); // knows its ports
    const { root } = FakeNano.first;
    for (const folder of ["etc", "pretended", "run", "var"]) {
      rmSync(join(nano.root, folder), { recursive: true, force: true });
      cpSync(join(root, folder), join(nano.root, folder), { recursive: true, verbatimSymlinks: true });
    }
    for (const link of ["var/lib/slipway/live", "etc/nginx/slipway"]) {
      const target = readlinkSync(join(root, link)).replace(root, nano.root);
      rmSync(join(nano.root, link));
      symlinkSync(target, join(nano.root, link));
    }
    nano.write("etc/nginx/nginx.conf", nano.read("etc/nginx/nginx.conf").replace(root, nano.root));
    nano.forgetCalls();
    return nano;
  }

  static forgetFirst(): void {
    FakeNano.first?.remove();
    FakeNano.first = undefined;
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The digest of an image by its letter. */
  static digest(letter: string): string {
    return createHash("sha256").update(letter).digest("hex");
  }

  manifest(services: readonly FakeService[], change: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      manifest: 3,
      agent: { document: "slipway.shop.host-0", sha256: AGENT },
      host: HOST,
      ecr: [],
      drainSeconds: 2,
      keepReleases: 3,
      sites: `# sites of ${services.map(({ name }) => name)}\n`,
      services: services.map(({ image, ...service }) => {
        const port = this.ports.get(service.name) ?? 20_000 + 2 * this.ports.size;
        this.ports.set(service.name, port);
        const { health, ...spec } = service;
        return {
          spec: FakeNano.digest(JSON.stringify({ image, ...spec })).slice(0, 16),
          image: `registry/app@sha256:${FakeNano.digest(image)}`,
          port: 8080,
          slots: [port, port + 1],
          health: { kind: "http", path: "/", interval: 1, timeout: 1, retries: 1, startPeriod: 0 },
          env: {},
          secrets: {},
          memoryMiB: 64,
          stopGraceSeconds: 7,
          introduction: `# a way to ${service.name}\n`,
          ...service,
        };
      }),
      ...change,
    };
  }

  /** Puts a version into the parameter, as Terraform does. */
  put(manifest: unknown): { readonly version: number; readonly release: string } {
    const text = JSON.stringify(manifest);
    const version = this.exists("pretended/aws/newest") ? Number(this.read("pretended/aws/newest")) + 1 : 1;
    this.pretend(`aws/${version}.json`, this.answer(version, text));
    this.pretend("aws/newest", `${version}`);
    return { version, release: createHash("sha256").update(text).digest("hex") };
  }

  private answer(Version: number, text: string): string {
    return JSON.stringify({ Parameter: { Version, Value: gzipSync(text).toString("base64") } });
  }

  async deploy(services: readonly FakeService[], change?: Record<string, unknown>): Promise<FakeOutcome> {
    return this.told(this.put(this.manifest(services, change)));
  }

  told(
    { version, release }: { version: number; release: string },
    environment?: Record<string, string>,
  ): Promise<FakeOutcome> {
    return this.start("slipway", ["converge", `${version}`, release], undefined, environment).outcome;
  }

  run(...words: string[]): Promise<FakeOutcome> {
    return this.begin(...words).outcome;
  }

  begin(...words: string[]): { child: ChildProcess; outcome: Promise<FakeOutcome> } {
    return this.start("slipway", words);
  }

  /** Runs stage 0, with what Run Command gives it. */
  stageZero(words: readonly string[], input?: string, environment?: Record<string, string>) {
    return this.start("slipway-agent", words, input, environment).outcome;
  }

  private start(program: string, words: readonly string[], input?: string, environment?: Record<string, string>) {
    const path = join(this.root, "usr/local/sbin", program);
    const child = spawn("sh", ["-c", 'AGENT_PID=$$ exec "$@"', "sh", path, ...words], {
      detached: true,
      env: {
        PATH: `${join(this.root, "pretended/bin")}:${process.env.PATH}`,
        SLIPWAY_ROOT: this.root,
        SLIPWAY_PAUSE: "0.02",
        PRETENDED: join(this.root, "pretended"),
        ...environment,
      },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.on("error", () => {}).end(input);
    const outcome = endOf(child).then(({ status, output }): FakeOutcome => {
      const lines = output.split("\n").filter(Boolean);
      return { status, lines, last: lines.at(-1) };
    });
    return { child, outcome };
  }

  /** As after a first boot that brought no agent. */
  forgetAgent(): void {
    for (const path of [LIB, "var/lib/slipway/set-up", "var/lib/slipway/live", "etc/nginx/slipway"]) {
      rmSync(join(this.root, path), { recursive: true, force: true });
    }
  }

  /** The agent's hash, and those of all that are kept. */
  get agents(): { readonly current: string; readonly kept: string[] } {
    const folder = join(this.root, LIB);
    const current = existsSync(join(folder, "current")) ? readlinkSync(join(folder, "current")) : "";
    const kept = existsSync(join(folder, "agents")) ? readdirSync(join(folder, "agents")).sort() : [];
    return { current: current.replace("agents/", ""), kept };
  }

  /** As after a reboot: what was in memory is gone. */
  reboot(): void {
    rmSync(join(this.root, "run"), { recursive: true, force: true });
  }

  /** What requests go to: each service's image by its letter, where its container runs. */
  serves(...letters: string[]): Record<string, string> {
    const image = (digest: string) => letters.find((letter) => FakeNano.digest(letter).startsWith(digest)) ?? "?";
    const lines = this.read("var/lib/slipway/live/serving").split("\n").filter(Boolean);
    return Object.fromEntries(
      lines.map((line) => {
        const [name, instance] = line.split(" ") as [string, string];
        const [first] = this.read("var/lib/slipway/live/slots").match(new RegExp(`(?<=^${name} )\\d+`, "m")) ?? [""];
        const isSecond = this.exists(`var/lib/slipway/live/${name}.1`);
        const at = `slipway-${name}-${Number(first) + (isSecond ? 1 : 0)}`;
        if (at !== instance) return [name, `${instance} by the books, ${at} by the files`];
        const runs = this.exists(`pretended/docker/${at}/state`) && this.state(at).startsWith("running");
        return [name, runs ? image(this.read(`pretended/docker/${at}/image`).trim()) : "gone"];
      }),
    );
  }

  state(container: string): string {
    return this.read(`pretended/docker/${container}/state`).trim();
  }

  containers(): string[] {
    return readdirSync(join(this.root, "pretended/docker"))
      .filter((name) => name.startsWith("slipway-"))
      .sort();
  }

  calls(of: string): string[] {
    return this.read("pretended/calls")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line.startsWith(of));
  }

  forgetCalls(): void {
    this.pretend("calls", "");
  }

  live(): string {
    return this.exists("pretended/aws/live") ? this.read("pretended/aws/live").trim() : "";
  }

  /** Makes the health of an image's containers what the shell program says. */
  health(letter: string, shell: string): void {
    this.pretend(`health/${FakeNano.digest(letter).slice(0, 12)}`, shell);
  }

  pretend(path: string, text = ""): void {
    this.write(`pretended/${path}`, text);
  }

  forget(path: string): void {
    rmSync(join(this.root, "pretended", path), { recursive: true, force: true });
  }
}
