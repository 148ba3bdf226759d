import type { Construct } from "constructs";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { type Task, type TaskOptions, taskRules, taskWithDefaults } from "../release/task.ts";
import { atProperty, checkRules } from "../terraform/construct-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { readContainer } from "./declared-container.ts";
import { type IHost, type ITask, RUN_TASK_OPTIONS, type RunTaskOptions } from "./host.ts";
import { HostedContainer } from "./hosted-container.ts";
import { ownServices } from "./own-services.ts";

const BEFORE_OTHERS = ["a task runs before those of its own host", "declare it there"] as const;

/** A task of a host, checked. */
export class HostedTask extends HostedContainer implements ITask {
  /** The task as a release has it. */
  readonly declaration: Task;

  /** @throws {ConstructError} for what no host can run, or `host` cannot */
  constructor(host: IHost & Construct, id: string, options: RunTaskOptions, capabilities: HostCapabilities) {
    super(host, id, options);
    const { before = [], ...container } = options ?? {};
    let names: string[] = [];
    const settings = readContainer(this, host, container, capabilities, [
      () => atProperty(this, "options", () => refuseUnknownOptions("task", options, RUN_TASK_OPTIONS)),
      () => {
        names = ownServices(this, host, "before", before, BEFORE_OTHERS);
      },
    ]);
    const declared: TaskOptions = { ...settings, name: this.node.id, before: names };
    checkRules(this, taskRules(declared));
    this.declaration = taskWithDefaults(declared);
  }
}
