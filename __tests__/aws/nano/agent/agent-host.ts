import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { agentArtifact } from "../../../../src/aws/nano/agent-artifact.ts";
import { hostAgentFiles } from "../../../../src/aws/nano/agent-files.ts";
import type { ReleaseManifest } from "../../../../src/host-agent/release-manifest.ts";
import { MARKER_PORT } from "../../../../src/nginx/server.ts";
import { renderSites } from "../../../../src/nginx/sites.ts";
import { freePort } from "../../../../src/rehearsal/free-port.ts";
import type { ClaimedPorts } from "../../../../src/release/service-ports.ts";
import { HealthCheck } from "../../../../src/values/health-check.ts";
import { endOf } from "../../../ended-child.ts";
import { findNginx, temporaryPaths } from "../../../nginx/running-nginx.ts";
import { type DeclaredManifest, declaredManifest, type PlacedService } from "../declared-manifest.ts";
import type { AwsDouble } from "./aws-double.ts";
import { docker } from "./test-images.ts";

const ORDINARY_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const MOST_SERVICES = 4;
const LIB = "usr/local/lib/slipway";
const AGENT = agentArtifact().sha256;

/** How a run of the agent ended. */
export interface Outcome {
  readonly status: number | null;
  readonly lines: readonly string[];
  readonly last: string;
}

export interface TestService extends Partial<Omit<PlacedService, "name" | "image">> {
  readonly name: string;
  readonly image: string;
}

export const QUICK = { interval: 1, timeout: 2, retries: 3, startPeriod: 5 };

/**
 * A host under a temporary folder: the agent's own files, the real Docker Engine, Nginx, jq and curl. systemd's part is
 * played by a few lines; every program's arguments are recorded.
 */
export class AgentHost {
  readonly name =
    `slipway-test-agent/${createHash("sha256").update(`${process.pid}${Date.now()}`).digest("hex").slice(0, 8)}`;
  readonly parameter = `/slipway/${this.name}/release`;
  readonly root = mkdtempSync(join(tmpdir(), "slipway-test-agent-"));
  /** Where visitors come in, and where they do by TLS. */
  port = 0;
  tlsPort = 0;
  private markerPort = 0;
  private endpoints?: Awaited<ReturnType<AwsDouble["start"]>>;
  private freePorts: number[] = [];
  private readonly claimed = new Map<string, ClaimedPorts>();

  constructor(private readonly aws: AwsDouble) {}

  async start(): Promise<void> {
    this.port = await freePort();
    this.markerPort = await freePort();
    this.tlsPort = await freePort();
    for (let port = 0; port < 5 * MOST_SERVICES; port += 1) this.freePorts.push(await freePort());
    this.endpoints = await this.aws.start();
    const generation = "var/lib/slipway/generations/0";
    this.write(
      "etc/slipway/host.conf",
      `HOST=${this.name}\nPARAMETER=${this.parameter}\nMARKER_PORT=${this.markerPort}\n`,
    );
    const first = renderSites({
      flavour: "instance",
      services: [],
      sites: [],
      markerPort: MARKER_PORT,
      port: this.port,
    });
    for (const { path, content, permissions } of hostAgentFiles()) {
      const file = `${LIB}/agents/${AGENT}/${path}`;
      if (path.endsWith("/nginx.conf"))
        this.write(file, content.replace("http {\n", `http {\n${temporaryPaths("/var/log/nginx")}`));
      else if (path === "first/sites.conf") this.write(file, first);
      else this.writeAsIs(file, content);
      chmodSync(join(this.root, file), Number.parseInt(permissions, 8));
      if (path.startsWith("host/")) this.writeAsIs(path.slice("host/".length), this.read(file));
      if (path.startsWith("first/")) this.writeAsIs(`${generation}/${path.slice("first/".length)}`, this.read(file));
    }
    symlinkSync(`agents/${AGENT}`, join(this.root, LIB, "current"));
    mkdirSync(join(this.root, "usr/local/sbin"));
    symlinkSync("../lib/slipway/current/sbin/slipway", join(this.root, "usr/local/sbin/slipway"));
    // Nginx's workers are www-data
    for (const folder of [dirname(this.root), this.root]) if (folder !== "/tmp") chmodSync(folder, 0o711);
    this.write("var/lib/slipway/set-up", `${AGENT}\n`);
    this.write("var/lib/slipway/bootstrapped", "");
    this.write("var/log/nginx/error.log", "");
    mkdirSync(join(this.root, "run"));
    symlinkSync(join(this.root, generation), join(this.root, "var/lib/slipway/live"));
    symlinkSync(join(this.root, "var/lib/slipway/live"), join(this.root, "etc/nginx/slipway"));
    this.program(
      "nginx",
      `case "nginx $*" in *"\${DIE_AT:-no such words}"*) kill -9 "$AGENT_PID"; exit 1 ;; esac
exec ${findNginx()} -c "$SLIPWAY_ROOT/etc/nginx/nginx.conf" -g "pid $SLIPWAY_ROOT/run/nginx.pid;" "$@"`,
    );
    this.program("systemctl", 'case "$*" in "start nginx") exec nginx ;; esac; exit 5');
    this.program("cloud-init", "exit 0");
    this.program("logger", "exit 0");
    // a run can be made to die just before a program is started, as by a power cut
    for (const name of ["docker", "curl", "jq"]) {
      this.program(
        name,
        `printf '%s\\n' "${name} $*" >>"$SLIPWAY_ROOT/arguments"
case "${name} $*" in *"\${DIE_AT:-no such words}"*) kill -9 "$AGENT_PID" $PPID; exit 1 ;; esac
if [ "${name} \${1:-}" = "docker pull" ]; then
  ps -eo args >>"$SLIPWAY_ROOT/processes"
  stat -c '%a %n' "$DOCKER_CONFIG/config.json" >>"$SLIPWAY_ROOT/docker-configurations"
  [ ! -e "$SLIPWAY_ROOT/end-at-pull" ] || kill -TERM "$AGENT_PID"
fi
case "$*" in *--env-file*) stat -c '%a %n' "$SLIPWAY_ROOT/run/slipway/env" >>"$SLIPWAY_ROOT/env-files" ;; esac
PATH=${ORDINARY_PATH}; exec ${name} "$@"`,
      );
    }
    this.nginx();
  }

  async stop(): Promise<void> {
    this.nginx("-s", "stop");
    for (const id of this.containerIds(true)) docker("rm", "--force", "--volumes", id);
    await this.aws.stop();
    rmSync(this.root, { recursive: true, force: true });
  }

  /** The files of the host that hold `text`, as grep finds them. */
  filesWith(text: string): string[] {
    try {
      const words = ["-rlF", "--devices=skip", "-e", text, "."];
      return execFileSync("grep", words, { cwd: this.root, encoding: "utf8" }).trim().split("\n");
    } catch (error) {
      if ((error as { status?: number }).status === 1) return [];
      throw error;
    }
  }

  /** Starts Nginx, or signals it. */
  nginx(...words: string[]): void {
    try {
      execFileSync(join(this.root, "bin/nginx"), words, { env: this.environment(), stdio: "ignore" });
    } catch (error) {
      if (words.length === 0) throw error;
    }
  }

  /** What a release of these services would be; each answers at `NAME.test`. */
  manifest(services: readonly TestService[], options: Partial<DeclaredManifest> = {}): ReleaseManifest {
    const manifest = declaredManifest({
      host: this.name,
      services: services.map((service) => ({
        port: 8080,
        ports: this.portsOf(service.name),
        health: HealthCheck.http("/status", QUICK),
        stopGraceSeconds: 1,
        ...service,
      })),
      sites: Object.fromEntries(services.map(({ name }) => [`${name}.test`, name])),
      edge: { port: this.port, tlsPort: this.tlsPort },
      drainSeconds: 2,
      ...options,
    });
    const agent = { document: "slipway.test.host-0", sha256: AGENT };
    return { ...JSON.parse(this.moved(JSON.stringify(manifest))), agent };
  }

  portsOf(service: string): ClaimedPorts {
    const known = this.claimed.get(service);
    if (known) return known;
    const [first, second, internal, front, direct] = this.freePorts.splice(0, 5);
    if (!first || !second || !internal || !front || !direct)
      throw new Error("the host has no port left: raise MOST_SERVICES");
    const ports: ClaimedPorts = { slots: [first, second], internal, front, direct };
    this.claimed.set(service, ports);
    return ports;
  }

  /** Puts a version into the parameter as Terraform would. */
  put(manifest: unknown): { version: number; release: string } {
    const text = typeof manifest === "string" ? manifest : JSON.stringify(manifest);
    const version = this.aws.putParameter(this.parameter, gzipSync(text).toString("base64"));
    return { version, release: createHash("sha256").update(text).digest("hex") };
  }

  async converge(
    { version, release }: { version: number; release: string },
    extra: Record<string, string> = {},
  ): Promise<Outcome> {
    return this.run(["converge", `${version}`, release], extra);
  }

  async release(services: readonly TestService[], options?: Partial<DeclaredManifest>): Promise<Outcome> {
    return this.converge(this.put(this.manifest(services, options)));
  }

  run(words: readonly string[], extra: Record<string, string> = {}): Promise<Outcome> {
    return this.begin(words, extra).outcome;
  }

  begin(
    words: readonly string[],
    extra: Record<string, string> = {},
  ): { child: ChildProcess; outcome: Promise<Outcome> } {
    // exec keeps the process id, which the recorder of programs needs to end the agent
    const child = spawn(
      "sh",
      ["-c", 'AGENT_PID=$$ exec "$@"', "sh", join(this.root, "usr/local/sbin/slipway"), ...words],
      {
        env: { ...this.environment(), ...extra },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const outcome = endOf(child).then(({ status, output }): Outcome => {
      const lines = output.split("\n").filter(Boolean);
      return { status, lines, last: lines.at(-1) ?? "" };
    });
    return { child, outcome };
  }

  /** As after a reboot: what was in memory is gone. */
  forgetMemory(): void {
    for (const folder of ["run/slipway", "run/slipway-htpasswd"])
      rmSync(join(this.root, folder), { recursive: true, force: true });
  }

  containerIds(all = false): string[] {
    const words = [
      "ps",
      "--no-trunc",
      "--quiet",
      "--filter",
      `label=slipway.host=${this.name}`,
      ...(all ? ["--all"] : []),
    ];
    return docker(...words)
      .split("\n")
      .filter(Boolean)
      .sort();
  }

  containers(): string[] {
    return docker("ps", "--all", "--format", "{{.Names}} {{.State}}", "--filter", `label=slipway.host=${this.name}`)
      .split("\n")
      .filter(Boolean)
      .sort();
  }

  serving(): { version: number; release: string; since: string; labelled: boolean } {
    return JSON.parse(this.read("var/lib/slipway/serving.json"));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  exists(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  write(path: string, text: string): void {
    this.writeAsIs(path, this.moved(text));
  }

  private writeAsIs(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Moves the paths and the port that a text names to where this host has them; nothing else is changed. */
  private moved(text: string): string {
    return text
      .replaceAll(
        /(?<=[ "'])\/(?:(?:etc|var\/log)\/nginx\/|var\/lib\/slipway\/(?:live|tls\/|acme\/)|run\/slipway-htpasswd\/)/g,
        (path) => this.root + path,
      )
      .replaceAll(`127.0.0.1:${MARKER_PORT}`, `127.0.0.1:${this.markerPort}`);
  }

  /** Lets the agent find a program of this name before those of the machine. */
  program(name: string, script: string): void {
    this.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    chmodSync(join(this.root, "bin", name), 0o755);
  }

  private environment(): Record<string, string> {
    if (!this.endpoints) throw new Error("the host was not started");
    return {
      PATH: `${join(this.root, "bin")}:${ORDINARY_PATH}`,
      SLIPWAY_ROOT: this.root,
      SLIPWAY_METADATA: this.endpoints.metadata,
      SLIPWAY_SSM: this.endpoints.ssm,
      SLIPWAY_SECRETS_MANAGER: this.endpoints.secretsManager,
      SLIPWAY_MONITORING: this.endpoints.monitoring,
    };
  }
}
