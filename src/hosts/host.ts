import type { IConstruct } from "constructs";
import type { IImage } from "../docker/image.ts";
import type { NginxTexts } from "../nginx/nginx-texts.ts";
import type { ContainerOptions } from "../release/container-options.ts";
import type { Redirect } from "../release/redirect.ts";
import type { Release } from "../release/release.ts";
import type { RouteOptions } from "../release/route-options.ts";
import { SCHEDULE_OPTIONS, type ScheduleOptions } from "../release/schedule.ts";
import { SERVICE_OPTIONS, type ServiceOptions } from "../release/service.ts";
import type { SiteOptions } from "../release/site-options.ts";
import { TASK_OPTIONS, type TaskOptions } from "../release/task.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import type { OptionNames } from "../values/known-options.ts";
import type { Platform } from "../values/platform.ts";
import type { KeptSecret } from "../values/secret-source.ts";

/** Something that answers HTTP at an address which depends on who asks. */
export interface IBackend {
  /** `name:port` or `address:port` under which `host` reaches this backend. */
  addressFrom(host: IHost): string;
}

/** A container that a host keeps running behind its Nginx. */
export interface IService extends IConstruct, IBackend {
  readonly host: IHost;
  /** The container's port. @default - none: a worker, which nothing reaches */
  readonly port?: number;
  /**
   * Where another service of the host reaches this one; stable over releases, so that a release of one rolls only that one.
   * It leads through the host's Nginx, by HTTP; with a volume of its own, see `Mount.volume`, it leads to the service's one
   * container itself, by whatever that speaks: `addressFrom(host)` is then `name:port` for a Redis or a Postgres.
   * @throws where it has no port
   */
  readonly url: string;
  /** What must have happened before the service answers. */
  readonly ready: TerraformDependency[];
}

/** A server name and its routes. */
export interface ISite extends IConstruct {
  readonly name: string;
  /** Sends requests under `path` to `to`. @throws when the path is taken */
  addRoute(path: string, to: SiteRoute): void;
}

/** A secret that a host reads for its services; what it holds never passes through here. */
export interface ISecret extends KeptSecret {}

/** What a container of a host is declared to be, whether it serves or runs to its end. */
export interface RunContainer extends Omit<ContainerOptions, "image" | "secrets"> {
  readonly image: IImage;
  /** Secrets by the name under which the container gets them, of a kind that the host reads. @default - none */
  readonly secrets?: Readonly<Record<string, ISecret>>;
}

/** What `host.run` takes. */
export interface RunOptions extends RunContainer, Pick<ServiceOptions, "health" | "grpc" | "mounts"> {
  /**
   * The container's port.
   * @default - the image's one exposed port; none for `HealthCheck.running`, and for `HealthCheck.command` where it exposes none
   */
  readonly port?: number;
  /**
   * Services of this host without which it does not start, a database for one: in a release, its new container starts only
   * when they are healthy, and the release fails where one of them does not get so. One that the release leaves as it is
   * counts as healthy as long as it runs; a task that stands before one of them stands before this service, too.
   *
   * It is about how a new container starts, and nothing else: a service is not rolled because what it depends on is, nor
   * because this list changes. When a machine or its engine starts again, the engine itself starts what ran there, all at
   * once and each again where it ends; so a program should try again all the same. What the host's agent starts itself
   * then, since the engine did not, waits likewise, but starts also where what it depends on does not come up.
   *
   * @default - none: it starts at once, with all that the release changes
   */
  readonly dependsOn?: readonly IService[];
}

const { name: _, ...withoutName } = SERVICE_OPTIONS;
export const RUN_OPTIONS: OptionNames<RunOptions> = withoutName;

/** What `host.task` takes. */
export interface RunTaskOptions extends RunContainer, Pick<TaskOptions, "timeoutSeconds"> {
  /** The services of this host of which no new version starts before the task has succeeded. @default - all of them */
  readonly before?: readonly IService[];
}

const { name: __, ...taskWithoutName } = TASK_OPTIONS;
export const RUN_TASK_OPTIONS: OptionNames<RunTaskOptions> = taskWithoutName;

/** What `host.schedule` takes. */
export interface RunScheduleOptions extends RunContainer, Pick<ScheduleOptions, "cron" | "timeoutSeconds"> {}

const { name: ___, ...scheduleWithoutName } = SCHEDULE_OPTIONS;
export const RUN_SCHEDULE_OPTIONS: OptionNames<RunScheduleOptions> = scheduleWithoutName;

/** What a host runs to its end before a release. */
export interface ITask extends IConstruct {
  readonly host: IHost;
  /** What must have happened before it has succeeded. */
  readonly ready: TerraformDependency[];
}

/** What a host runs to its end again and again. */
export interface ISchedule extends IConstruct {
  readonly host: IHost;
  /** What must have happened before its times count. */
  readonly ready: TerraformDependency[];
}

/** A backend whose requests pass in another way than the rest of its site. */
export interface RouteTo extends RouteOptions {
  readonly to: IBackend;
}

/** What answers a path of a site. */
export type SiteRoute = IBackend | RouteTo | Redirect;

/** A machine that runs services and serves names. */
export interface IHost extends IConstruct {
  /** @default - the engine's own platform */
  readonly platform?: Platform;
  /** What it serves by now, as plain data: for reviews, tests, and whoever tells the machine. */
  readonly release: Release;
  /** What its Nginx is told by now, for reviews and tests. @default - its sites are served by something else */
  readonly nginx?: NginxTexts;
  /** What must have happened before the host serves what is declared. */
  readonly ready: TerraformDependency[];
  /** Runs `options.image` as the service `id`. */
  run(id: string, options: RunOptions): IService;
  /**
   * Runs `options.image` to its end as the task `id`, e.g. a migration: before a release, once for each content of the
   * task, which is its image, command, variables and secrets. So a new version of an image runs it once more, and
   * nothing else does: not a boot, not an apply that changes other things, not the way back to an earlier version.
   *
   * First everything is fetched; services that it does not stand before, e.g. its database, are started; then it runs,
   * and only when it has succeeded the services start that it stands before. Nothing has been switched by then: whatever
   * serves, serves on, with the data that the task has changed. Its log is in the apply's output. Another status than 0
   * or its timeout fails the release, and the old version stays whole; so does a container that is killed.
   *
   * Never two run at once: a host makes one release at a time, its tasks one after another as they are declared, and
   * stops what a release that was cut off left running. That it has run is recorded outside the machine (a parameter of
   * its own beside the host's releases; with a LocalHost in the volume of its Nginx) as soon as it has succeeded, so a
   * replaced instance does not run it again. A power cut between its end and the record makes it run twice: what it does must do no harm then, as a migration
   * does which looks first. It must also leave data that the old version can read, which serves until the switch.
   */
  task(id: string, options: RunTaskOptions): ITask;
  /**
   * Runs `options.image` to its end as the schedule `id`, at the times of `options.cron` in UTC, from the release on that
   * declares it until one that does not. One run at a time: a time that comes while one runs is left out, and so is one
   * that comes while the host is off. Its secrets are fetched for each run. Its log is in the host's journal, how the last
   * run ended in the host's status.
   */
  schedule(id: string, options: RunScheduleOptions): ISchedule;
  /** Serves `name`, each path of `routes` by its backend. */
  serve(name: string, routes: Readonly<Record<string, SiteRoute>>, options?: SiteOptions): ISite;
}
