import type { Script } from "../doubles/command-document.ts";
import type { CommandOutcome, CommandTarget } from "../doubles/run-command.ts";
import { requireProgram, runProgram } from "../program.ts";
import type { NewerEngine } from "./newer-engine.ts";

export interface StandInProps {
  readonly instanceId: string;
  readonly image: string;
  readonly network: string;
  readonly address: string;
  /** Where the API says that it is in its VPC; machines reach each other there. */
  readonly privateIp: string;
  /** Where the doubles answer, under each of `names`. */
  readonly doubles: string;
  readonly names: readonly string[];
  readonly nameserver: string;
  /** The authority that signed the doubles' certificates. */
  readonly authorityFile: string;
  readonly memoryMiB: number;
  /** For its own programs; its containers have none. */
  readonly swapMiB: number;
  /** @default - what its packages bring */
  readonly engine?: NewerEngine;
}

export const REHEARSAL_LABEL = "slipway-rehearsal";

/** What Ubuntu's agent, a snap, hands on besides what systemd gives to a service; the journal is its own output's. */
const SNAP = "amazon-ssm-agent";
const AGENT_ENVIRONMENT = [
  "JOURNAL_STREAM=8:20731",
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin",
  `SNAP=/snap/${SNAP}/9881`,
  `SNAP_COMMON=/var/snap/${SNAP}/common`,
  `SNAP_DATA=/var/snap/${SNAP}/9881`,
  `SNAP_NAME=${SNAP}`,
  "SNAP_REVISION=9881",
];

/** How a disk is called inside: its node in no fixed order, so here by its volume too, and its name by udev. */
function nitroNames(volumeId: string): { readonly node: string; readonly name: string } {
  const serial = volumeId.replace("-", "");
  return { node: `/dev/nvme-${serial}`, name: `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${serial}` };
}

/** The machine that stands in for an EC2 instance: a container with systemd, cloud-init and an engine of its own. */
export class StandIn implements CommandTarget {
  readonly instanceId: string;
  readonly container: string;
  started = Date.now();
  #commands = 0;
  /** The devices of its data volumes, by id. */
  readonly #disks = new Map<string, string>();

  private constructor(private readonly props: StandInProps) {
    this.instanceId = props.instanceId;
    this.container = `${REHEARSAL_LABEL}-${props.instanceId}`;
  }

  /** Boots a machine; it returns as soon as the kernel's part is over. */
  static async boot(props: StandInProps): Promise<StandIn> {
    const machine = new StandIn(props);
    await requireProgram("docker", machine.#runArguments());
    machine.started = Date.now();
    await machine.#joinVpc();
    return machine;
  }

  /** Runs a command as root inside. */
  async exec(...command: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return await runProgram("docker", ["exec", this.container, ...command]);
  }

  /** What the SSM agent does: the lines become a file, and a shell runs it as what a service of systemd starts. */
  async run(script: Script, cancel: AbortSignal): Promise<CommandOutcome> {
    this.#commands += 1;
    const directory = `/var/lib/amazon/ssm/${this.instanceId}/document/orchestration/${this.#commands}`;
    const file = `${directory}/_script.sh`;
    const write = `mkdir -p ${directory} && umask 077 && cat > ${file} && chmod 0700 ${file}`;
    await requireProgram("docker", ["exec", "-i", this.container, "/bin/sh", "-c", write], { input: script.text });
    // The agent is a unit itself, and starts when the basic ones have.
    await this.exec("sh", "-c", "until systemctl is-active --quiet basic.target; do sleep 0.2; done");
    const environment = [`AWS_SSM_INSTANCE_ID=${this.instanceId}`, ...AGENT_ENVIRONMENT];
    const seconds = String(script.timeoutSeconds);
    const began = Date.now();
    const end = (): void => void this.exec("pkill", "-f", file);
    cancel.addEventListener("abort", end, { once: true });
    const outcome = await runProgram("docker", [
      ...["exec", this.container, "systemd-run", "--quiet", "--wait", "--pipe", "--collect"],
      // the agent is a Go program, whose children are told of a broken pipe again
      ...["--service-type=exec", "--property=IgnoreSIGPIPE=no"],
      `--working-directory=${script.workingDirectory ?? "/"}`,
      ...environment.map((each) => `--setenv=${each}`),
      ...["timeout", "--kill-after=10", seconds, "sh", "-c", file],
    ]);
    cancel.removeEventListener("abort", end);
    if (!(await this.isRunning())) throw new Error(`${this.instanceId} went away while it ran a command`);
    const timedOut = outcome.code === 124 && Date.now() - began >= script.timeoutSeconds * 1000;
    return { exitCode: outcome.code, stdout: outcome.stdout, stderr: outcome.stderr, timedOut };
  }

  async isRunning(): Promise<boolean> {
    const state = await runProgram("docker", ["inspect", "-f", "{{.State.Running}}", this.container]);
    return state.stdout.trim() === "true";
  }

  /** The loop device of a volume that it has. */
  deviceOf(volumeId: string): string | undefined {
    return this.#disks.get(volumeId);
  }

  /** Gives it the loop device under the names that udev gives a volume on Nitro. */
  async plugIn(volumeId: string, device: string): Promise<void> {
    this.#disks.set(volumeId, device);
    const minor = device.replace("/dev/loop", "");
    const { node, name } = nitroNames(volumeId);
    const plug = `mkdir -p /dev/disk/by-id && mknod -m 660 ${node} b 7 ${minor} && ln -sf ${node} ${name}`;
    if (await this.isRunning()) await requireProgram("docker", ["exec", this.container, "sh", "-c", plug]);
  }

  /** Takes its volume away; a machine that is stopped has no devices. */
  async unplug(volumeId: string): Promise<void> {
    this.#disks.delete(volumeId);
    const { node, name } = nitroNames(volumeId);
    if (await this.isRunning()) await this.exec("rm", "-f", node, name);
  }

  async #plugInAgain(): Promise<void> {
    for (const [id, device] of this.#disks) await this.plugIn(id, device);
  }

  /** Shuts down in order and boots again. */
  async reboot(): Promise<void> {
    await requireProgram("docker", ["restart", "-t", "60", this.container]);
    this.started = Date.now();
    await this.#joinVpc();
    await this.#plugInAgain();
  }

  async stop(): Promise<void> {
    await requireProgram("docker", ["stop", "-t", "60", this.container]);
  }

  async start(): Promise<void> {
    await requireProgram("docker", ["start", this.container]);
    this.started = Date.now();
    await this.#joinVpc();
    await this.#plugInAgain();
  }

  /** Stops without a word to anything inside. */
  async cutPower(): Promise<void> {
    await requireProgram("docker", ["kill", this.container]);
  }

  /** Takes the machine away with its disk. */
  async terminate(): Promise<void> {
    await requireProgram("docker", ["rm", "-f", "-v", this.container]);
  }

  /** Gives the machine its private address too, from which it asks the other machines of its VPC. */
  async #joinVpc(): Promise<void> {
    const { privateIp } = this.props;
    if (privateIp === "") return;
    const vpc = `${privateIp.split(".").slice(0, 2).join(".")}.0.0/16`;
    const join = `ip address replace ${privateIp}/32 dev eth0 && ip route replace ${vpc} dev eth0 src ${privateIp}`;
    await requireProgram("docker", ["exec", this.container, "sh", "-c", join]);
  }

  #runArguments(): string[] {
    const { props } = this;
    return [
      ...["run", "-d", "--name", this.container, "--label", REHEARSAL_LABEL],
      ...["--cgroupns=private", "--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
      ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((o) => ["--security-opt", o]),
      ...["--device-cgroup-rule", "a *:* rwm"],
      // Docker's second number is the sum of both.
      ...["--memory", `${props.memoryMiB}m`, "--memory-swap", `${props.memoryMiB + props.swapMiB}m`, "--cpus", "2"],
      ...["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec,mode=1777"],
      ...["--network", props.network, "--ip", props.address],
      ...props.names.flatMap((name) => ["--add-host", `${name}:${props.doubles}`]),
      ...["-v", `${props.authorityFile}:/usr/local/share/ca-certificates/slipway-rehearsal.crt:ro`],
      ...["-e", `SLIPWAY_REHEARSAL_INSTANCE=${props.instanceId}`],
      ...["-e", `SLIPWAY_REHEARSAL_NAMESERVER=${props.nameserver}`],
      ...(props.engine?.runArguments ?? []),
      props.image,
    ];
  }
}
