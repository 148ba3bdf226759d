import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeAuthority } from "../../src/rehearsal/certificate-authority.ts";
import { reachableNameserver } from "../../src/rehearsal/host-names.ts";
import { MachineImage } from "../../src/rehearsal/machine/machine-image.ts";
import { MachineNetwork, removeStaleMachines } from "../../src/rehearsal/machine/machine-network.ts";
import { StandIn } from "../../src/rehearsal/machine/stand-in.ts";
import { lockMachine } from "../../src/rehearsal/machine-lock.ts";
import { rehearsalCache } from "../../src/rehearsal/rehearsal-cache.ts";
import { docker, waitFor } from "./project.ts";

const REGISTRY = "registry.ssh.test";
const MTU = 1400;

/** What an administrator has set up: ssh, a user who may do what the documentation lists, and no cloud. */
const DOCKERFILE = `ARG BASE
FROM \${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends openssh-server && apt-get clean && rm -rf /var/lib/apt/lists/*
RUN touch /etc/cloud/cloud-init.disabled && useradd --create-home --home-dir /srv/deploy --shell /bin/sh deploy && mkdir -m 700 /srv/deploy/.ssh
COPY sudoers /etc/sudoers.d/deploy
RUN chmod 440 /etc/sudoers.d/deploy
`;

/** The lines of the documentation, as they stand there. */
function sudoers(): string {
  const text = readFileSync(join(__dirname, "../../docs/ssh-host.md"), "utf8");
  return `${(text.match(/^deploy ALL=.*$/gm) ?? []).join("\n")}\n`;
}

/** A Debian server with a real sshd, on the network of rehearsals, and a registry that it reaches by TLS. */
export class SshMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "slipway-test-ssh-"));
  private readonly network = new MachineNetwork();
  private machine?: StandIn;
  private registry?: Server;
  private agent?: ChildProcess;
  private unlock?: () => void;
  address = "";
  /** `METHOD path` of what its registry was asked. */
  readonly asked: string[] = [];

  /** @param images where a registry of this machine's answers, `address:port` */
  async start(images: string): Promise<void> {
    this.unlock = await lockMachine(() => {});
    await removeStaleMachines();
    await this.network.create(MTU);
    const { authorityFile, certificateFile, keyFile } = await makeAuthority(this.folder, [REGISTRY]);
    await this.startRegistry(images, certificateFile, keyFile);
    this.address = this.network.address();
    this.machine = await StandIn.boot({
      instanceId: "ssh-server",
      image: await this.image(),
      network: this.network.name,
      address: this.address,
      privateIp: "",
      doubles: this.network.gateway,
      names: [REGISTRY],
      nameserver: reachableNameserver(),
      authorityFile,
      memoryMiB: 512,
      swapMiB: 512,
    });
    await this.startAgent();
    await this.answers();
  }

  /** `reference` of an image, as the server reaches it. */
  reached(reference: string): string {
    return reference.replace(/^[^/]+/, this.registryAddress);
  }

  private registryAddress = "";

  /** What the deployer's environment says. */
  get environment(): Record<string, string> {
    return { SSH_AUTH_SOCK: join(this.folder, "agent"), SLIPWAY_TEST_ADDRESS: this.address };
  }

  async hostKey(): Promise<string> {
    return (await this.run("cat", "/etc/ssh/ssh_host_ed25519_key.pub")).trim();
  }

  /** Gives it another key, as a server that was set up anew has it. */
  async renewHostKey(): Promise<void> {
    await this.run(
      "sh",
      "-c",
      "cp -p /etc/ssh/ssh_host_ed25519_key* /root/ && rm /etc/ssh/ssh_host_ed25519_key* && ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key && systemctl restart ssh",
    );
  }

  async restoreHostKey(): Promise<void> {
    await this.run("sh", "-c", "cp -p /root/ssh_host_ed25519_key* /etc/ssh/ && systemctl restart ssh");
  }

  async reboot(): Promise<void> {
    await this.machine?.reboot();
    await this.answers();
  }

  /** Runs a command as root there. @throws with what it said where it fails */
  async run(...command: string[]): Promise<string> {
    const outcome = await (this.machine as StandIn).exec(...command);
    if (outcome.code !== 0) throw new Error(`${command.join(" ")}: ${outcome.stderr}`);
    return outcome.stdout;
  }

  /** Runs a command as root there, which may fail. */
  async tries(...command: string[]): Promise<{ code: number; said: string }> {
    const { code, stdout, stderr } = await (this.machine as StandIn).exec(...command);
    return { code, said: `${stdout}${stderr}` };
  }

  async exists(path: string): Promise<boolean> {
    return (await (this.machine as StandIn).exec("test", "-e", path)).code === 0;
  }

  async stop(): Promise<void> {
    this.agent?.kill();
    await this.machine?.terminate();
    await this.network.remove();
    this.registry?.close();
    rmSync(this.folder, { recursive: true, force: true });
    this.unlock?.();
  }

  private async image(): Promise<string> {
    const base = await new MachineImage(rehearsalCache(), () => {}).make("debian-12", "bare");
    const context = join(this.folder, "image");
    mkdirSync(context);
    writeFileSync(join(context, "Dockerfile"), DOCKERFILE);
    writeFileSync(join(context, "sudoers"), sudoers());
    const recipe = createHash("sha256").update(base).update(DOCKERFILE).update(sudoers()).digest("hex");
    const name = `slipway-test-ssh-server:${recipe.slice(0, 12)}`;
    docker("build", "--quiet", "--build-arg", `BASE=${base}`, "--tag", name, context);
    return name;
  }

  /** TLS before the registry of this machine: the server trusts the authority, and its engine asks no other way. */
  private async startRegistry(images: string, certificateFile: string, keyFile: string): Promise<void> {
    const [host, port] = images.split(":");
    const files = { cert: readFileSync(certificateFile), key: readFileSync(keyFile) };
    const registry = createServer(files, ({ method, url, headers }, answer) => {
      this.asked.push(`${method} ${url}`);
      const asked = plainRequest({ host, port, method, path: url, headers }, (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      });
      asked.on("error", () => answer.destroy());
      asked.end();
    });
    await new Promise<void>((done) => registry.listen(0, this.network.gateway, done));
    this.registry = registry;
    this.registryAddress = `${REGISTRY}:${(registry.address() as { port: number }).port}`;
  }

  /** The deployer's own agent, which alone has the key that the server lets in. */
  private async startAgent(): Promise<void> {
    const key = join(this.folder, "key");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
    const socket = join(this.folder, "agent");
    this.agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    const added = () => {
      try {
        execFileSync("ssh-add", ["-q", key], { env, stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    };
    await waitFor(added);
    rmSync(key);
    const line = readFileSync(`${key}.pub`, "utf8").trim();
    await this.run(
      "sh",
      "-c",
      `echo '${line}' >/srv/deploy/.ssh/authorized_keys && chown -R deploy: /srv/deploy/.ssh && chmod 600 /srv/deploy/.ssh/authorized_keys`,
    );
  }

  private async answers(): Promise<void> {
    await this.run("sh", "-c", "until systemctl is-active --quiet ssh; do sleep 0.2; done");
  }
}
