import { requireProgram, runProgram } from "../program.ts";
import { REHEARSAL_LABEL } from "./stand-in.ts";

const BRIDGE = "slipway-reh0";
const METADATA_ADDRESS = "169.254.169.254";
const FIRST_MACHINE = 10;

/** The network between the stand-ins and the doubles: a bridge of its own, whose gateway is where the doubles listen. */
export class MachineNetwork {
  readonly name = REHEARSAL_LABEL;
  #next = FIRST_MACHINE;

  /** @param prefix the first three numbers of the network's addresses */
  constructor(private readonly prefix = "10.83.46") {}

  /** The address of the doubles. */
  get gateway(): string {
    return `${this.prefix}.1`;
  }

  address(): string {
    this.#next += 1;
    return `${this.prefix}.${this.#next}`;
  }

  async create(mtu: number): Promise<void> {
    await requireProgram("docker", [
      ...[
        "network",
        "create",
        "--label",
        REHEARSAL_LABEL,
        "--subnet",
        `${this.prefix}.0/24`,
        "--gateway",
        this.gateway,
      ],
      ...["-o", `com.docker.network.bridge.name=${BRIDGE}`, "-o", `com.docker.network.driver.mtu=${mtu}`, this.name],
    ]);
  }

  async remove(): Promise<void> {
    await requireProgram("docker", ["network", "rm", this.name]);
  }

  /** Leads what the machines send to the metadata address to the double; this machine's own way there stays as it is. */
  async routeMetadata(port: number): Promise<void> {
    await packetFilter(["-t", "nat", "-I", "PREROUTING", ...this.#metadataRule(port)]);
  }

  async unrouteMetadata(port: number): Promise<void> {
    await packetFilter(["-t", "nat", "-D", "PREROUTING", ...this.#metadataRule(port)]);
  }

  /** Lets the metadata service's answers travel `hops` machines far: one that forwards them drops the last. */
  async limitHops(address: string, port: number, hops: number): Promise<void> {
    await packetFilter(["-t", "mangle", "-A", "OUTPUT", ...this.#hopRule(address, port, hops)]);
  }

  async unlimitHops(address: string, port: number, hops: number): Promise<void> {
    await packetFilter(["-t", "mangle", "-D", "OUTPUT", ...this.#hopRule(address, port, hops)]);
  }

  #metadataRule(port: number): string[] {
    return [
      ...["-i", BRIDGE, "-d", METADATA_ADDRESS, "-p", "tcp", "--dport", "80"],
      ...["-m", "comment", "--comment", REHEARSAL_LABEL, "-j", "DNAT", "--to-destination", `${this.gateway}:${port}`],
    ];
  }

  #hopRule(address: string, port: number, hops: number): string[] {
    return [
      ...["-d", address, "-p", "tcp", "--sport", String(port)],
      ...["-m", "comment", "--comment", REHEARSAL_LABEL, "-j", "TTL", "--ttl-set", String(hops)],
    ];
  }
}

/** Asks the packet filter; the engine, which changes it for every container, may have it just now: then it is waited for. */
function packetFilter(args: readonly string[]): Promise<string> {
  return requireProgram("iptables", ["-w", ...args]);
}

/** Takes away what a rehearsal that was killed has left: containers, the network, and rules of the packet filter. */
export async function removeStaleMachines(): Promise<void> {
  const left = await requireProgram("docker", ["ps", "-aq", "--filter", `label=${REHEARSAL_LABEL}`]);
  const containers = left.split("\n").filter(Boolean);
  if (containers.length > 0) await requireProgram("docker", ["rm", "-f", "-v", ...containers]);
  await runProgram("docker", ["network", "rm", REHEARSAL_LABEL]);
  for (const [table, chain] of [
    ["nat", "PREROUTING"],
    ["mangle", "OUTPUT"],
  ] as const) {
    const rules = await packetFilter(["-t", table, "-S", chain]);
    for (const rule of rules.split("\n").filter((line) => line.includes(`--comment ${REHEARSAL_LABEL}`))) {
      await packetFilter(["-t", table, ...rule.replace(/^-A/, "-D").split(" ")]);
    }
  }
}
