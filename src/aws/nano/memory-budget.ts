import type { Construct } from "constructs";
import type { Service } from "../../release/service.ts";
import { warn } from "../../terraform/annotation.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import type { InstanceType } from "./instance-type.ts";

/** MiB of the sizes that all burstable families share. */
const MEMORY_MIB: Readonly<Record<string, number>> = { nano: 512, micro: 1024, small: 2048, medium: 4096, large: 8192 };

/**
 * What a host keeps for itself. Of a nano's 512 MiB Linux shows 416: the kernel has the rest. Ubuntu takes some 110 with
 * snapd and the Systems Manager agent, once what no such server needs is off; Docker, containerd and Nginx take 50 to 60.
 */
const OWN_MIB = 256;

/** MiB for the services of a host, in sum; unknown for types that are not burstable. */
export function servicesMemory(type: InstanceType): number | undefined {
  const memory = type.isBurstable ? MEMORY_MIB[type.size] : undefined;
  return memory === undefined ? undefined : memory - OWN_MIB;
}

/**
 * Whether a host has the memory that its services may take. Why one that could never have it is an error and the sum a
 * warning: a limit is what a service may take at worst, and hardly ever do all of them at once.
 */
export class MemoryBudget {
  private sum = 0;
  private isOver = false;

  constructor(
    private readonly host: Construct,
    private readonly type: InstanceType,
  ) {}

  /** @throws {ConstructError} when the service alone may take more than the host has */
  add(scope: Construct, { memoryMiB }: Pick<Service, "memoryMiB">): void {
    const budget = servicesMemory(this.type);
    if (budget === undefined) return;
    const has = `a ${this.type} has ${budget} MiB for services, the rest is Ubuntu's, Docker's and Nginx's`;
    if (memoryMiB > budget) {
      throw new ConstructError(
        scope,
        "memoryMiB",
        `is ${memoryMiB}, but ${has}: declare less, or choose a larger type`,
      );
    }
    this.sum += memoryMiB;
    if (this.sum <= budget || this.isOver) return;
    this.isOver = true;
    const remedy = "declare memoryMiB as each needs it, or choose a larger type";
    warn(this.host, `memoryMiB: its services may take ${this.sum} MiB with ${scope.node.id}, but ${has}: ${remedy}`);
  }
}
