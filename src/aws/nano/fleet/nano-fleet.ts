import { Construct } from "constructs";
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
} from "../../../hosts/host.ts";
import type { NginxTexts } from "../../../nginx/nginx-texts.ts";
import type { Release } from "../../../release/release.ts";
import type { SiteOptions } from "../../../release/site-options.ts";
import { ConstructError } from "../../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../../terraform/dependency.ts";
import { describe } from "../../../terraform/description.ts";
import { constructId } from "../../../terraform/literal.ts";
import { literalPattern } from "../../../values/literal-pattern.ts";
import { Mount } from "../../../values/mount.ts";
import type { Platform } from "../../../values/platform.ts";
import { AwsAccount } from "../../aws-account.ts";
import type { NanoHost } from "../nano-host.ts";
import type { NanoHostProps } from "../nano-host-props.ts";
import { DEFAULT_VPC_PROXIES } from "./balancer-network.ts";
import { BALANCED_LOST_SECONDS, FleetBalancer } from "./fleet-balancer.ts";
import { FleetCanary } from "./fleet-canary.ts";
import { FleetHost, NO_VOLUMES } from "./fleet-host.ts";
import { FleetNames, LOST_SECONDS } from "./fleet-names.ts";
import { fleetPrice, fleetPriceText } from "./fleet-price.ts";
import { FleetService, servicesOn } from "./fleet-service.ts";
import { CANARY_SECONDS, checkFleet } from "./fleet-settings.ts";
import { FleetSite, routeOn } from "./fleet-site.ts";
import { FLEET_OWN, type NanoFleetProps } from "./nano-fleet-props.ts";

/**
 * Several {@link NanoHost}s over availability zones behind one name: each runs every service and serves every site, so that
 * one of them may be lost. Its hosts are `FLEET/host-1`, `FLEET/host-2`, …, and whoever asks one for its status, logs or a rollback
 * names it so.
 *
 * A release goes to one host after the other. The first is the canary: it serves the release for `canarySeconds` and must be
 * well then. Where a host fails, it serves what it served before, and those after it never hear of the release; the apply
 * fails and says which they are. Tasks run once, on the canary, before any other host is told; schedules run there alone.
 *
 * What a lost host costs: by its names in Route 53, where resolvers keep an answer for 60 s and a health check fails three
 * times in 30 s steps, its share of the requests for at most 150 s, of visitors whose client does not try the next address;
 * some resolvers keep answers longer. Behind the balancer, two checks of 10 s and one that waits 5 s: its share for at most 25 s.
 * A host that is replaced comes back by itself, with the release that is live there.
 *
 * Why no scheduler: nothing moves from host to host, so that each host is a nano like any other, and outlives whatever
 * happens to the others and to the deployer.
 */
export class NanoFleet extends Construct implements IHost {
  readonly platform: Platform;
  /** What its hosts are, and what it costs a month. */
  readonly description: string;
  private readonly members: readonly FleetHost[];
  private readonly names?: FleetNames;
  private readonly balancer?: FleetBalancer;
  private isSecured = false;
  private firstSite?: string;

  /** @throws {ConstructError} for what is no fleet, or what one of its hosts cannot be */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NanoFleetProps,
  ) {
    super(scope, constructId(scope, id));
    checkFleet(this, props);
    const account = AwsAccount.of(this, { account: props.account, region: props.region });
    const { hosts: count, zone, availabilityZones: zones, subnets, healthPath = "/", drained = [] } = props;
    const asked = { account, zoneId: zone.id, healthPath };
    if (props.balancer) {
      this.balancer = new FleetBalancer(this, "Balancer", {
        ...{ ...asked, zones, subnets, fleet: this.node.path, tags: props.tags },
      });
    } else this.names = new FleetNames(asked);
    const paths = numbers(count).map((number) => `${this.node.path}/host-${number}`);
    this.members = numbers(count).map((number) => {
      const next = paths.slice(number);
      const challengeZone = props.balancer ? undefined : zone.id;
      return new FleetHost(this, `host-${number}`, this.hostProps(number), {
        isFirst: number === 1,
        next,
        challengeZone,
      });
    });
    this.nameHostsAlike(account);
    this.platform = this.canary.platform;
    this.rollOneByOne(account);
    for (const host of this.visited) this.balancer?.attach(host);
    const priced = () => ({
      region: account.region,
      hosts: count - drained.length,
      balancedZones: props.balancer ? (zones ?? subnets ?? []).length : undefined,
      isSecured: this.isSecured || props.tls !== undefined,
    });
    this.description = `${count} hosts, each ${this.canary.description}; ${fleetPriceText(priced())}`;
    describe(this, "fleet", () => ({
      hosts: paths,
      places: zones ?? subnets?.map((each) => each.id),
      entry: props.balancer ? "load balancer" : "DNS",
      ...(drained.length > 0 && { drained }),
      lostHostSeconds: props.balancer ? BALANCED_LOST_SECONDS : LOST_SECONDS,
      opened: props.balancer ? OPENED : [],
      region: account.region,
      price: fleetPrice(priced()),
    }));
  }

  /** Its hosts, in the order of their numbers. */
  get hosts(): readonly NanoHost[] {
    return this.members;
  }

  get ready(): TerraformDependency[] {
    return [...new Set([...this.members.flatMap(({ ready }) => ready), ...(this.balancer?.ready ?? [])])];
  }

  /** What the whole of it serves: that of its first host, which has its tasks and schedules. */
  get release(): Release {
    return { ...this.canary.release, host: this.node.path };
  }

  get nginx(): NginxTexts {
    return this.canary.nginx;
  }

  /** Where visitors open `site`. */
  urlOf(site: ISite): string {
    const isSecured = this.balancer !== undefined || (site as FleetSite).isSecured;
    return `${isSecured ? "https" : "http"}://${site.name}/`;
  }

  run(id: string, options: RunOptions): IService {
    for (const [path, mount] of Object.entries(options?.mounts ?? {})) {
      const data = mount instanceof Mount ? mount.toJSON() : undefined;
      if (data?.kind !== "volume") continue;
      throw new ConstructError(
        this,
        `run(${JSON.stringify(id)})`,
        `has the volume ${data.volume} at ${path}: ${NO_VOLUMES}`,
      );
    }
    const each = new Map(
      this.members.map((host) => {
        const dependsOn = servicesOn(host, options?.dependsOn);
        return [host as IHost, host.run(id, { ...options, ...(dependsOn && { dependsOn }) })];
      }),
    );
    return new FleetService(this, id, each);
  }

  task(id: string, options: RunTaskOptions): ITask {
    const before = servicesOn(this.canary, options?.before);
    return this.canary.task(id, { ...options, ...(before && { before }) });
  }

  schedule(id: string, options: RunScheduleOptions): ISchedule {
    return this.canary.schedule(id, options);
  }

  serve(name: string, routes: Readonly<Record<string, SiteRoute>>, options: SiteOptions = {}): ISite {
    const each = new Map(
      this.members.map((host) => {
        const own = Object.entries(routes ?? {}).map(([path, route]) => [path, routeOn(host, route)] as const);
        return [host as IHost, host.serve(name, Object.fromEntries(own), this.siteOptions(options))];
      }),
    );
    const site = new FleetSite(this, each);
    this.firstSite ??= site.name;
    this.isSecured ||= site.isSecured;
    this.names?.add(site, this.visited);
    this.balancer?.add(site);
    return site;
  }

  private get canary(): FleetHost {
    return this.members[0] as FleetHost;
  }

  /** The hosts that visitors are sent to. */
  private get visited(): FleetHost[] {
    const { drained = [] } = this.props;
    return this.members.filter((_, at) => !drained.includes(at + 1));
  }

  private hostProps(number: number): NanoHostProps {
    const { availabilityZones: zones, subnets, only = {}, trustedProxies } = this.props;
    const own = new Set<string>(FLEET_OWN);
    const shared = Object.fromEntries(Object.entries(this.props).filter(([option]) => !own.has(option)));
    return {
      ...shared,
      ...(zones ? { availabilityZone: inTurn(zones, number) } : { subnet: inTurn(subnets ?? [], number) }),
      ...(this.balancer && {
        openTo: { securityGroupId: this.balancer.groupId },
        trustedProxies: trustedProxies ?? DEFAULT_VPC_PROXIES,
      }),
      ...only[number],
    };
  }

  private nameHostsAlike(account: AwsAccount): void {
    for (const name of [this.node.path, this.node.path.replaceAll("/", ".")]) {
      const between = name === this.node.path ? "/" : ".";
      const pattern = `(?<![a-z0-9_-])${literalPattern(`${name}${between}`)}host-\\d+`;
      account.nameAlike(new RegExp(pattern, "gi"), `${name}${between}host-*`);
    }
  }

  /** Each host waits for the one before it, and all others for the look at the first. */
  private rollOneByOne(account: AwsAccount): void {
    const { canarySeconds: seconds = CANARY_SECONDS } = this.props;
    const [first, ...others] = this.members as [FleetHost, ...FleetHost[]];
    if (others.length === 0) return;
    const next = others.map(({ node }) => node.path);
    let before = new FleetCanary(this, "Canary", { account, host: first, next, seconds }).ready;
    for (const host of others) {
      host.waitFor(before);
      before = host.ready;
    }
  }

  /** Behind the balancer, whose checks name an address and no site, the site that is declared first answers them. */
  private siteOptions(options: SiteOptions): SiteOptions {
    if (!this.balancer) return options;
    for (const option of ["tls", "hsts", "basicAuth"] as const) {
      if (options?.[option] === undefined) continue;
      const problem = `has ${option}, but TLS ends at the load balancer, and requests come to its hosts without: leave it out, or balancer`;
      throw new ConstructError(this, "serve", problem);
    }
    if (this.firstSite === undefined) return { ...options, defaultSite: true };
    if (!options?.defaultSite) return options;
    const problem = `has a second defaultSite: behind the load balancer the site that is declared first, ${this.firstSite}, answers its health checks`;
    throw new ConstructError(this, "serve", problem);
  }
}

/** What a load balancer is open for, for reviews. */
const OPENED = [80, 443].map((port) => ({ protocol: "tcp", port, peer: "0.0.0.0/0", description: "load balancer" }));

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

function inTurn<T>(places: readonly T[], number: number): T {
  return places[(number - 1) % places.length] as T;
}
