import type { Construct } from "constructs";
import type { HostedSchedule } from "../../hosts/hosted-schedule.ts";
import { HostedService } from "../../hosts/hosted-service.ts";
import { HostedTask } from "../../hosts/hosted-task.ts";
import { findingText, type HostFit } from "../../release/fit.ts";
import { isStopFirst } from "../../release/mounts.ts";
import { warnAtSynth } from "../../terraform/annotation.ts";
import { ConstructError } from "../../terraform/construct-error.ts";
import { diskFit } from "./disk-fit.ts";
import { memoryFindings } from "./memory-findings.ts";
import { type FittedContainer, memoryFit } from "./memory-fit.ts";
import type { NanoHostSettings } from "./nano-host-settings.ts";

/** Whatever a host runs. */
export type DeclaredContainer = HostedService | HostedTask | HostedSchedule;

/** Whether a host has what is declared of it, as it is declared. */
export class DeclaredFit {
  private readonly containers: FittedContainer[] = [];

  constructor(
    private readonly host: Construct,
    private readonly settings: Pick<NanoHostSettings, "type" | "volumeGiB" | "swapMiB">,
  ) {
    // when all is declared, so that the table has everything
    warnAtSynth(host, () => this.findings().map((found) => `${found.property}: ${findingText(found)}`));
  }

  /** @throws {ConstructError} for what the host could never give, by the container with which that is so */
  add(container: DeclaredContainer): void {
    const { id: name, path } = container.node;
    const { memoryMiB, memoryReservationMiB } = container.declaration;
    this.containers.push({ name, path, memoryMiB, memoryReservationMiB, runs: runsOf(container) });
    const found = this.findings().find(({ severity }) => severity === "error");
    if (found) throw new ConstructError(container, found.property, findingText(found));
  }

  /** What the host has against what is declared by now. */
  facts(keepReleases: number): HostFit {
    const { type } = this.settings;
    return {
      memory: memoryFit(type, this.containers),
      disk: diskFit(this.settings, this.containers.length, keepReleases),
      findings: this.findings(),
    };
  }

  private findings() {
    return memoryFindings(this.host.node.path, this.settings.type, this.containers);
  }
}

/** Why the service with a volume of its own once: it is stopped before its successor starts. */
function runsOf(container: DeclaredContainer): FittedContainer["runs"] {
  if (container instanceof HostedTask) return "before a release";
  return container instanceof HostedService && !isStopFirst(container.declaration)
    ? "twice while it is replaced"
    : "once";
}
