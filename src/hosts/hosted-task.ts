import type { Construct } from "constructs";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { type Task, type TaskOptions, taskRules, taskWithDefaults } from "../release/task.ts";
import { atProperty, ConstructError, checkRules } from "../terraform/construct-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import { readContainer } from "./declared-container.ts";
import { type IHost, type IService, type ITask, RUN_TASK_OPTIONS, type RunTaskOptions } from "./host.ts";
import { HostedContainer } from "./hosted-container.ts";

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
        names = this.namesOf(before);
      },
    ]);
    const declared: TaskOptions = { ...settings, name: this.node.id, before: names };
    checkRules(this, taskRules(declared));
    this.declaration = taskWithDefaults(declared);
  }

  private namesOf(before: readonly IService[]): string[] {
    if (!Array.isArray(before)) {
      const remedy = "write e.g. [web], of what host.run returned";
      throw new ConstructError(this, "before", {
        subject: "before",
        rule: "must be a list of services",
        got: before,
        remedy,
      });
    }
    return before.map((service: Partial<IService> | undefined, at) => {
      const property = `before[${at}]`;
      if (service?.host === undefined || service.node === undefined) {
        const remedy = "give what host.run returned";
        throw new ConstructError(this, property, {
          subject: "before",
          rule: "must be a service",
          got: service,
          remedy,
        });
      }
      if (service.host === this.host) return service.node.id;
      const problem = `${service.node.path} is a service of ${service.host.node.path}, and a task runs before those of its own host ${this.host.node.path}: declare it there`;
      throw new ConstructError(this, property, problem);
    });
  }
}
