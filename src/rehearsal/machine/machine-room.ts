import type { InstanceFacts } from "../doubles/instance-facts.ts";
import type { Machine, MachineRoom } from "../doubles/instances.ts";
import type { MachineNetwork } from "./machine-network.ts";
import { MemoryMeter, type MemoryReading } from "./memory-meter.ts";
import type { NewerEngine } from "./newer-engine.ts";
import { StandIn } from "./stand-in.ts";

export interface StandInRoomProps {
  readonly network: MachineNetwork;
  readonly image: string;
  /** The names of AWS that the doubles answer. */
  readonly names: readonly string[];
  readonly nameserver: string;
  readonly authorityFile: string;
  readonly memoryMiB: number;
  readonly swapMiB: number;
  readonly engine?: NewerEngine;
  /** The port of the metadata service at the network's gateway. */
  readonly metadataPort: () => number;
}

/** Where stand-ins are booted: each with its address, its hop limit and its memory meter. */
export class StandInRoom implements MachineRoom {
  readonly #machines = new Map<string, StandIn>();
  readonly #meters = new Map<string, MemoryMeter>();
  readonly #hops = new Map<string, readonly [address: string, port: number, hops: number]>();

  constructor(private readonly props: StandInRoomProps) {}

  address(): string {
    return this.props.network.address();
  }

  async boot(facts: InstanceFacts, address: string): Promise<StandIn> {
    const { network, names, ...props } = this.props;
    const hops = [address, this.props.metadataPort(), facts.metadataHopLimit] as const;
    await network.limitHops(...hops);
    this.#hops.set(facts.id, hops);
    const machine = await StandIn.boot({
      ...props,
      instanceId: facts.id,
      network: network.name,
      address,
      privateIp: facts.privateIp,
      doubles: network.gateway,
      names,
    });
    this.#machines.set(facts.id, machine);
    this.#meters.set(facts.id, await MemoryMeter.of(machine));
    return machine;
  }

  async terminate({ instanceId }: Machine): Promise<void> {
    this.#meters.get(instanceId)?.stop();
    await this.#machines.get(instanceId)?.terminate();
    this.#machines.delete(instanceId);
    const hops = this.#hops.get(instanceId);
    if (hops) await this.props.network.unlimitHops(...hops);
    this.#hops.delete(instanceId);
  }

  /** The machines that are there. */
  get machines(): StandIn[] {
    return [...this.#machines.values()];
  }

  /** What the machine of that instance needed since its boot. */
  memoryOf(instanceId: string): MemoryReading | undefined {
    return this.#meters.get(instanceId)?.read();
  }
}
