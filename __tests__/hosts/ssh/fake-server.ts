import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { ustar } from "../../../src/host-agent/ustar.ts";
import { SERVER_AGENT, serverProgram } from "../../../src/hosts/ssh/server-agent.ts";
import { parseHostKey } from "../../../src/hosts/ssh/ssh-target.ts";
import { endOf } from "../../ended-child.ts";
import { FakeRoot } from "../../fake-root.ts";

const SOURCE = resolve(__dirname, "../../../src/hosts");
const OF_EVERY_HOST = ["docker", "nginx", "curl", "systemctl", "ss", "sleep", "id", "logger", "systemd-analyze"];
const OF_A_SERVER = ["ssh", "sudo", "uname", "dpkg-query", "apt-get", "ufw", "nft", "systemd-creds"];
export const HOST = "shop/host";

/** A host key of its own for each seed, and how ssh calls it. */
export function hostKey(seed: string): { readonly hostKey: string; readonly fingerprint: string } {
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  const blob = Buffer.concat([Buffer.from("ssh-ed25519"), createHash("sha256").update(seed).digest()].map(part));
  return parseHostKey(`ssh-ed25519 ${blob.toString("base64")}`);
}

export function digest(letter: string): string {
  return createHash("sha256").update(letter).digest("hex");
}

/** A service of a manifest, by the letter of its image. */
export interface ServerService {
  readonly name: string;
  readonly image: string;
  readonly [other: string]: unknown;
}

/** A Debian server without root, engine, Nginx or sshd: Slipway's own files, and programs that only pretend. */
export class FakeServer extends FakeRoot {
  readonly agent: { readonly file: string; readonly sha256: string };

  constructor(change: (path: string, content: string) => string = (_, content) => content) {
    super("server");
    for (const folder of ["ssh", "packages", "docker", "nginx", "health", "connections"]) {
      mkdirSync(join(this.root, "pretended", folder), { recursive: true });
    }
    for (const folder of ["home", "usr/local/sbin"]) mkdirSync(join(this.root, folder), { recursive: true });
    this.place(OF_EVERY_HOST, join(__dirname, "../../aws/nano/agent/fake-programs.sh"));
    this.place(OF_A_SERVER, join(__dirname, "fake-server-programs.sh"));
    this.write("pretended/ssh/key", hostKey("server").hostKey);
    this.write("etc/os-release", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n');
    this.write("etc/nginx/nginx.conf", "# the package's own\n");
    this.write("var/log/nginx/error.log", "");
    this.agent = this.packed(change);
  }

  /** The agent, with an Nginx configuration for below the folder. */
  private packed(change: (path: string, content: string) => string) {
    const files = this.filesOf(SERVER_AGENT.archive).map(({ path, permissions, content }) => {
      const nginx = `http {\n    include ${this.root}/etc/nginx/slipway/*.conf;\n}\n`;
      return { path, permissions, content: change(path, path.endsWith("/nginx.conf") ? nginx : content) };
    });
    const archive = ustar(files);
    this.write("deployer/agent", archive.toString("base64"));
    return { file: join(this.root, "deployer/agent"), sha256: createHash("sha256").update(archive).digest("hex") };
  }

  private filesOf(archive: Buffer) {
    const files: { path: string; permissions: string; content: string }[] = [];
    for (let at = 0; archive[at]; ) {
      const text = (from: number, length: number) =>
        archive.toString("utf8", at + from, at + from + length).replace(/\0.*$/s, "");
      const size = Number.parseInt(text(124, 12), 8);
      files.push({
        path: text(0, 100),
        permissions: text(100, 8).trim(),
        content: archive.toString("utf8", at + 512, at + 512 + size),
      });
      at += 512 + 512 * Math.ceil(size / 512);
    }
    return files;
  }

  manifest(services: readonly ServerService[], change: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      manifest: 3,
      agent: { document: "brought-by-ssh", sha256: this.agent.sha256 },
      host: HOST,
      ecr: [],
      drainSeconds: 2,
      keepReleases: 3,
      sites: `# sites of ${services.map(({ name }) => name)}\n`,
      services: services.map((service, at) => ({
        spec: digest(JSON.stringify(service)).slice(0, 16),
        port: 8080,
        slots: [20_000 + 2 * at, 20_001 + 2 * at],
        health: { kind: "http", path: "/", interval: 1, timeout: 1, retries: 1, startPeriod: 0 },
        env: {},
        secrets: {},
        memoryMiB: 64,
        stopGraceSeconds: 7,
        introduction: `# a way to ${service.name}\n`,
        ...service,
        image: `registry.example.com/app@sha256:${digest(service.image)}`,
      })),
      ...change,
    };
  }

  /** Runs the script of the apply as Terraform does. */
  deploy(word: string, manifest: object = {}, environment: Record<string, string> = {}) {
    const text = JSON.stringify(manifest);
    const program = serverProgram();
    this.write("deployer/slipway-agent.sh", program);
    return this.run([join(SOURCE, "ssh/deploy.sh"), word], {
      SLIPWAY_SECRET_VALUE: join(SOURCE, "secret-value.sh"),
      SLIPWAY_PROGRAM: join(this.root, "deployer/slipway-agent.sh"),
      SLIPWAY_PROGRAM_SHA: createHash("sha256").update(program).digest("hex"),
      SLIPWAY_AGENT: this.agent.file,
      SLIPWAY_AGENT_SHA: this.agent.sha256,
      SLIPWAY_PLATFORM: "linux/amd64",
      SLIPWAY_PORTS: "80",
      SLIPWAY_MANIFEST: gzipSync(text).toString("base64"),
      SLIPWAY_RELEASE: createHash("sha256").update(text).digest("hex"),
      SLIPWAY_DEADLINE: "60",
      ...environment,
    });
  }

  /** Asks it a word of its own, as the terminal does. */
  tell(...words: string[]) {
    return this.run([join(SOURCE, "ssh/tell.sh"), ...words]);
  }

  /** Runs Slipway's program as systemd does. */
  systemd(...words: string[]) {
    return this.run([join(this.root, "usr/local/sbin/slipway-agent"), ...words]);
  }

  private run(words: readonly string[], environment: Record<string, string> = {}) {
    const { hostKey: key, fingerprint } = hostKey("server");
    const child = spawn("sh", words, {
      env: {
        PATH: `${join(this.root, "pretended/bin")}:${process.env.PATH}`,
        HOME: join(this.root, "deployer"),
        SLIPWAY_ROOT: this.root,
        PRETENDED: join(this.root, "pretended"),
        SLIPWAY_PAUSE: "0.02",
        SLIPWAY_SSH: join(SOURCE, "ssh/ssh.sh"),
        SLIPWAY_HOST: HOST,
        SLIPWAY_ADDRESS: "web.example.com",
        SLIPWAY_PORT: "22",
        SLIPWAY_USER: "deploy",
        SLIPWAY_HOST_KEY: key,
        SLIPWAY_FINGERPRINT: fingerprint,
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return endOf(child);
  }

  /** The letter of the image that requests to each service go to. */
  serves(...letters: string[]): Record<string, string> {
    const lines = this.read("var/lib/slipway/live/serving").split("\n").filter(Boolean);
    return Object.fromEntries(
      lines.map((line) => {
        const [name = "", instance = ""] = line.split(" ");
        const image = this.read(`pretended/docker/${instance}/image`).trim();
        return [name, letters.find((letter) => digest(letter).startsWith(image)) ?? "?"];
      }),
    );
  }

  containers(): string[] {
    return readdirSync(join(this.root, "pretended/docker")).filter((name) => name.startsWith("slipway-"));
  }

  calls(of: string): string[] {
    return this.read("pretended/calls")
      .split("\n")
      .filter((line) => line.startsWith(of));
  }

  /** Each file below a folder, with its mode. */
  files(folder: string): Record<string, string> {
    return Object.fromEntries(
      readdirSync(join(this.root, folder)).map((name) => [name, this.read(`${folder}/${name}`)]),
    );
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private place(names: readonly string[], program: string): void {
    for (const name of names) {
      const file = join(this.root, "pretended/bin", name);
      mkdirSync(dirname(file), { recursive: true });
      cpSync(program, file);
      chmodSync(file, 0o755);
    }
  }
}
