import type { Construct } from "constructs";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { type Schedule, type ScheduleOptions, scheduleRules, scheduleWithDefaults } from "../release/schedule.ts";
import { atProperty, checkRules } from "../terraform/construct-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { readContainer } from "./declared-container.ts";
import { type IHost, type ISchedule, RUN_SCHEDULE_OPTIONS, type RunScheduleOptions } from "./host.ts";
import { HostedContainer } from "./hosted-container.ts";

/** A schedule of a host, checked. */
export class HostedSchedule extends HostedContainer implements ISchedule {
  /** The schedule as a release has it. */
  readonly declaration: Schedule;

  /** @throws {ConstructError} for what no host can run, or `host` cannot */
  constructor(host: IHost & Construct, id: string, options: RunScheduleOptions, capabilities: HostCapabilities) {
    super(host, id, options);
    const settings = readContainer(this, host, options ?? {}, capabilities, [
      () => atProperty(this, "options", () => refuseUnknownOptions("schedule", options, RUN_SCHEDULE_OPTIONS)),
    ]);
    const declared = { ...settings, name: this.node.id } as ScheduleOptions;
    checkRules(this, scheduleRules(declared));
    this.declaration = scheduleWithDefaults(declared);
  }
}
