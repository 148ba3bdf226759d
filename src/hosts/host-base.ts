import { Construct } from "constructs";
import { longestSilence } from "../release/drain.ts";
import type { Front } from "../release/front.ts";
import type { HostCapabilities } from "../release/host-capabilities.ts";
import { declaredVolumes, isStopFirst } from "../release/mounts.ts";
import { type Release, release } from "../release/release.ts";
import { serviceName } from "../release/service-name.ts";
import { type ClaimedPorts, ServicePorts } from "../release/service-ports.ts";
import type { Site } from "../release/site.ts";
import type { SiteOptions } from "../release/site-options.ts";
import type { Tls } from "../release/tls.ts";
import { warn } from "../terraform/annotation.ts";
import { atProperty, ConstructError } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { describe } from "../terraform/description.ts";
import { constructId } from "../terraform/literal.ts";
import type { Platform } from "../values/platform.ts";
import { describedRelease } from "./described-release.ts";
import type {
  IHost,
  ISchedule,
  IService,
  ISite,
  ITask,
  RunOptions,
  RunScheduleOptions,
  RunTaskOptions,
  SiteRoute,
} from "./host.ts";
import { type HostOptions, hostOptions } from "./host-options.ts";
import type { HostedContainer } from "./hosted-container.ts";
import { HostedSchedule } from "./hosted-schedule.ts";
import { HostedService } from "./hosted-service.ts";
import { HostedSite } from "./hosted-site.ts";
import { HostedTask } from "./hosted-task.ts";

/**
 * What every kind of host does alike: names, ports, order, checks, and the release that comes of it. A kind of host adds
 * what it makes for a service and for a site, and reads {@link release} at synth.
 *
 * Why hooks and no events of synth: what a host would refuse is refused by the line that declares it.
 */
export abstract class HostBase extends Construct implements IHost {
  abstract readonly platform?: Platform;
  abstract readonly ready: TerraformDependency[];
  private readonly ports = new ServicePorts();
  private readonly services = new Map<string, HostedService>();
  private readonly tasks = new Map<string, HostedTask>();
  private readonly schedules = new Map<string, HostedSchedule>();
  private readonly sites = new Map<string, HostedSite>();
  private readonly released: HostOptions;
  private known?: Release;

  constructor(
    scope: Construct,
    id: string,
    released: HostOptions = {},
    /** Where the certificates of sites come from that say nothing of theirs. */
    private readonly tls?: Tls,
  ) {
    super(scope, constructId(scope, id));
    this.released = hostOptions(this, released);
    describe(this, "host", () => ({
      ...this.facts(),
      platform: this.platform?.toString(),
      release: describedRelease(this.release, this.hostedContainers),
    }));
  }

  /** What a reviewer should know of this kind of host beside its release. */
  protected facts(): object {
    return {};
  }

  get release(): Release {
    this.known ??= atProperty(this, "release", () =>
      release({
        host: this.node.path,
        services: this.hosted.map(({ declaration }) => declaration),
        sites: this.served,
        fronts: this.fronts(),
        ...this.released,
        tasks: this.hostedTasks.map(({ declaration }) => declaration),
        schedules: sorted(this.schedules).map(({ declaration }) => declaration),
      }),
    );
    return this.known;
  }

  run(id: string, options: RunOptions): IService {
    const property = `run(${JSON.stringify(id)})`;
    const name = this.newName("run", id, "service");
    const claim = (of: HostedService) => {
      const ports = atProperty(this, property, () => this.ports.claim(name));
      return { ports, address: this.internalAddress(ports, isStopFirst(of.declaration) ? of : undefined, of) };
    };
    const service = new HostedService(name, options, {
      host: this,
      capabilities: this.capabilities(),
      claim,
      unreachableFrom: (host) => this.unreachableFrom(host),
      addressFrom: (host, of) => this.addressFrom(host, of),
    });
    if (service.declaration.mounts)
      atProperty(this, property, () =>
        declaredVolumes([...this.hosted, service].map(({ declaration }) => declaration)),
      );
    this.services.set(name, service);
    this.forgetRelease();
    atProperty(this, property, () => this.addService(service));
    return service;
  }

  task(id: string, options: RunTaskOptions): ITask {
    const name = this.newName("task", id, "task");
    const capabilities = this.capabilities();
    if (!capabilities.tasks) {
      throw new ConstructError(this, "task", `runs no tasks: run ${name} on a host that does, or before the apply`);
    }
    const task = new HostedTask(this, name, options, capabilities);
    this.tasks.set(name, task);
    this.forgetRelease();
    atProperty(this, `task(${JSON.stringify(id)})`, () => this.addTask(task));
    return task;
  }

  schedule(id: string, options: RunScheduleOptions): ISchedule {
    const name = this.newName("schedule", id, "schedule");
    const capabilities = this.capabilities();
    if (!capabilities.schedules) {
      const remedy = `declare ${name} on a NanoHost, or let the machine's own cron start it`;
      throw new ConstructError(this, "schedule", `runs nothing at set times: ${remedy}`);
    }
    const schedule = new HostedSchedule(this, name, options, capabilities);
    this.schedules.set(name, schedule);
    this.forgetRelease();
    atProperty(this, `schedule(${JSON.stringify(id)})`, () => this.addSchedule(schedule));
    return schedule;
  }

  serve(name: string, routes: Readonly<Record<string, SiteRoute>>, options?: SiteOptions): ISite {
    const property = `serve(${JSON.stringify(name)})`;
    const onChange = (changed: HostedSite) => {
      this.forgetRelease();
      atProperty(this, property, () => this.checkSite(changed));
    };
    const place = { host: this, capabilities: this.capabilities(), tls: this.tls, onChange };
    const site = new HostedSite(place, name, routes, options);
    this.sites.set(site.name, site);
    onChange(site);
    this.warnOfDrain(site);
    this.addSite(site);
    return site;
  }

  /** What this kind of host can do. Never asked in the constructor. */
  protected abstract capabilities(): HostCapabilities;

  /**
   * Where neighbours reach `of`, which has `ports`: `name:port` or `address:port`, stable over releases. Of `alone`, which is
   * there where it has volumes of its own, it is the address of its one container, by TCP.
   */
  protected abstract internalAddress(ports: ClaimedPorts, alone: HostedService | undefined, of: HostedService): string;

  /** Why this host's internal addresses lead nowhere from `host`, after "cannot be reached from …"; nothing where they lead. */
  protected abstract unreachableFrom(host: IHost): string | undefined;

  /** Where `host`, from which there is a way, reaches `service`. */
  protected addressFrom(_host: IHost, service: HostedService): string {
    return this.internalAddress(service.ports, undefined, service);
  }

  /** The hosts in front whose sites lead here. */
  protected fronts(): Front[] {
    return [];
  }

  /** Makes {@link release} anew when it is asked for again: something else that it is made of has changed. */
  protected forgetRelease(): void {
    this.known = undefined;
  }

  /** Makes what `service` needs of its own, as its children. @throws InvalidValueError, {@link ConstructError} for what this host cannot run */
  protected abstract addService(service: HostedService): void;

  /** Makes what `task` needs of its own, as its children; asked only of a host that runs tasks. */
  protected addTask(_task: HostedTask): void {}

  /** Makes what `schedule` needs of its own, as its children; asked only of a host that runs schedules. */
  protected addSchedule(_schedule: HostedSchedule): void {}

  /** Makes what `site` needs of its own, as its children. */
  protected abstract addSite(site: HostedSite): void;

  /** Tries what the host will be told of `site`, which is new or has a new route. @throws InvalidValueError for what it would refuse */
  protected abstract checkSite(site: HostedSite): void;

  /** Sorted, so that another order of declaration is no other release. */
  protected get hosted(): readonly HostedService[] {
    return sorted(this.services);
  }

  /** In the order in which they are declared, for so they run. */
  protected get hostedTasks(): readonly HostedTask[] {
    return [...this.tasks.values()];
  }

  /** The sites, sorted as the services are. */
  protected get served(): readonly Site[] {
    return sorted(this.sites).map(({ declaration }) => declaration);
  }

  /** Whatever it runs: services, tasks and schedules. */
  protected get hostedContainers(): readonly HostedContainer[] {
    return [...this.hosted, ...this.hostedTasks, ...sorted(this.schedules)];
  }

  private newName(verb: string, id: string, kind: string): string {
    const property = `${verb}(${JSON.stringify(id)})`;
    const name = atProperty(this, property, () => serviceName(constructId(this, id), `${kind} name`));
    const taken = { service: this.services, task: this.tasks, schedule: this.schedules };
    for (const [other, names] of Object.entries(taken)) {
      if (names.has(name))
        throw new ConstructError(this, verb, `has a ${other} ${name} already: give each its own name`);
    }
    return name;
  }

  /** The ports of a service of this host that has one. */
  protected portsOf(service: string): ClaimedPorts {
    return (this.services.get(service) as HostedService).ports;
  }

  private warnOfDrain(site: HostedSite): void {
    const { drainSeconds } = this.released;
    const longest = longestSilence(site.declaration);
    if (drainSeconds === undefined || drainSeconds >= longest) return;
    warn(
      this,
      `drainSeconds: is ${drainSeconds}, but ${site.name} lets a request be silent for ${longest} s: a release may cut it; leave drainSeconds out, or give ${site.name} a shorter readTimeoutSeconds`,
    );
  }
}

function sorted<T>(byName: ReadonlyMap<string, T>): T[] {
  return [...byName.keys()].sort().map((name) => byName.get(name) as T);
}
