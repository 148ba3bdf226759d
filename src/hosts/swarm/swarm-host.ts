import type { Construct } from "constructs";
import { DockerEngine, publishPort } from "../../docker/docker-engine.ts";
import { type NginxTexts, textFiles } from "../../nginx/nginx-texts.ts";
import type { HostCapabilities } from "../../release/host-capabilities.ts";
import type { ClaimedPorts } from "../../release/service-ports.ts";
import { ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { checkLiteral } from "../../terraform/literal.ts";
import type { Platform } from "../../values/platform.ts";
import { PortMapping, parsePort } from "../../values/port-mapping.ts";
import { deadline } from "../deadline.ts";
import { requireTls } from "../declared-tls.ts";
import type { IHost, IService, ISite, RunOptions } from "../host.ts";
import { HostBase } from "../host-base.ts";
import type { HostedService } from "../hosted-service.ts";
import type { HostedSite } from "../hosted-site.ts";
import { DEFAULT_NGINX_IMAGE } from "../local/local-host-props.ts";
import { DEPLOYER_SECRET_KINDS } from "../secret.ts";
import { requireSwarm, requireSwarmSite } from "./require-swarm.ts";
import { runOnSwarm } from "./run-on-swarm.ts";
import { constraints, replicaCount, type Scaling } from "./scaling.ts";
import { SwarmConfig } from "./swarm-config.ts";
import { SwarmEdge } from "./swarm-edge.ts";
import { HEALTH_FILE, healthScript } from "./swarm-health.ts";
import { DEFAULT_DEADLINE_SECONDS, NOT_OF_A_SWARM, SWARM_HOST_PROPS, type SwarmHostProps } from "./swarm-host-props.ts";
import { type SwarmPlace, swarmPlace } from "./swarm-place.ts";
import { SwarmRelease } from "./swarm-release.ts";
import { type SwarmSecret, SwarmSecrets } from "./swarm-secrets.ts";
import type { SwarmService } from "./swarm-service.ts";
import { SwarmStop } from "./swarm-stop.ts";
import { certificateFiles, checkSwarmSite, type SwarmTexts, swarmTexts } from "./swarm-texts.ts";

/** What `run` of a `SwarmHost` takes beside what every host does. */
export interface SwarmRunOptions extends RunOptions {
  /** How many tasks it has. @default - as the host says, one unless it does */
  readonly replicas?: number;
  /** Swarm's constraints for its nodes, in place of the host's. @default - the host's */
  readonly placement?: readonly string[];
}

/**
 * A Docker Swarm as a host: its manager is the stack's Docker Engine. Each service is one of the swarm, replicated and
 * rolled task by task, the new one healthy before the old one goes; Nginx is on every node. Where the swarm has rolled a
 * service back, the apply fails with the task's reason and its last log lines.
 *
 * What other hosts promise and this one does not:
 * - A release is not one switch: each service is rolled by itself, two versions of it answer meanwhile, and where one
 *   service fails the others stay as they are by then.
 * - Nginx takes a new text on one node after the other, once every service serves. Where a node's Nginx refuses it, the
 *   nodes before go back to the one of before. Another image or port of Nginx restarts it, node after node.
 * - A release does not wait for open requests: a task leaves DNS, is told to end two seconds later, and has
 *   `stopGraceSeconds` for what is open.
 * - A task is asked how it is from within, by its own image: `HealthCheck.http` needs curl, wget or bash there. The swarm
 *   replaces what gets unhealthy later, too.
 * - It runs no tasks and no schedules, keeps no ledger of releases, asks no ACME server for certificates, checks no
 *   passwords, and starts no service behind another (`dependsOn`). A volume is on one node and does not move; each of these
 *   is refused at synth.
 */
export class SwarmHost extends HostBase {
  readonly platform?: Platform;
  /** What must have happened before the swarm serves what is declared. */
  readonly ready: TerraformDependency[];
  private readonly port: number;
  private readonly tlsPort?: number;
  private readonly scaling: Scaling;
  private readonly own = new Map<string, Scaling>();
  private readonly name: string;
  private readonly place: SwarmPlace;
  private readonly health: SwarmConfig;
  private readonly edge: SwarmEdge;
  private readonly made = new Map<string, SwarmService>();
  private readonly secrets: SwarmSecrets[] = [];
  private readonly certificates: SwarmSecrets[] = [];

  /** @throws {ConstructError} for what is no port, number or constraint, and for what only another kind of host has */
  constructor(scope: Construct, id: string, props: SwarmHostProps = {}) {
    super(scope, id, { trustedProxies: props.trustedProxies }, props.tls);
    for (const [option, why] of Object.entries(NOT_OF_A_SWARM))
      if (Object.hasOwn(props, option)) throw new ConstructError(this, option, `a SwarmHost has none: ${why}`);
    knownProps(this, props, SWARM_HOST_PROPS);
    requireTls(this, this, props.tls, this.capabilities());
    const { port = 80, tlsPort = props.tls && 443, deadlineSeconds = DEFAULT_DEADLINE_SECONDS } = props;
    const { replicas = 1, placement = [], edgePlacement = [] } = props;
    collectErrors([
      () => checkLiteral(this, "port", port, visitorsPort),
      () => checkLiteral(this, "tlsPort", tlsPort, visitorsPort),
      () => checkLiteral(this, "replicas", replicas, replicaCount),
      () => checkLiteral(this, "placement", placement, constraints),
      () => checkLiteral(this, "edgePlacement", edgePlacement, constraints),
      () => checkLiteral(this, "deadlineSeconds", deadlineSeconds, deadline),
    ]);
    this.platform = props.platform;
    this.port = port;
    this.tlsPort = tlsPort;
    this.scaling = { replicas, placement: constraints(placement) };
    this.name = DockerEngine.of(this).nameFor(this);
    this.place = swarmPlace(this);
    this.health = new SwarmConfig(this, "Health", {
      file: HEALTH_FILE,
      text: healthScript,
      // another one with a version of Slipway would roll every service
      once: true,
      dependsOn: [this.place.look],
    });
    const ports = [PortMapping.of({ host: port, container: 80 })];
    if (tlsPort !== undefined) ports.push(PortMapping.of({ host: tlsPort, container: 443 }));
    for (const each of ports) publishPort(this, each);
    const services = new SwarmRelease(this, "Release", {
      services: () => this.made,
      configs: () => [this.health],
      deadlineSeconds,
    });
    this.edge = new SwarmEdge(this, "Nginx", {
      name: `${this.name}-nginx`,
      image: props.nginxImage ?? DEFAULT_NGINX_IMAGE,
      place: this.place,
      ports,
      placement: constraints(edgePlacement),
      texts: () => this.texts(),
      secrets: () => this.certificates.flatMap(({ references }) => references),
      textsDependOn: services.ready,
    });
    const { service, textsService, configs } = this.edge;
    this.ready = new SwarmRelease(this, "Edge", {
      services: () =>
        new Map([
          ["Nginx", service],
          ["Nginx's texts", textsService],
        ]),
      also: () => this.made,
      configs: () => [this.health, ...configs],
      kept: () => [...this.secrets, ...this.certificates].flatMap(({ kept }) => kept),
      dependsOn: services.ready,
      deadlineSeconds,
    }).ready;
    new SwarmStop(this, "Stop", () => [...this.made.values(), service, textsService]);
  }

  override run(id: string, options: SwarmRunOptions): IService {
    const { replicas, placement, ...common } = options ?? {};
    const property = `run(${JSON.stringify(id)})`;
    this.own.set(id, {
      replicas: replicas === undefined ? this.scaling.replicas : checked(this, property, replicas, replicaCount),
      placement: placement === undefined ? this.scaling.placement : checked(this, property, placement, constraints),
    });
    return super.run(id, common);
  }

  /** Where visitors open `site`, once its name leads to the nodes. */
  urlOf(site: ISite): string {
    const isSecured = (site as HostedSite).declaration.tls !== undefined;
    const [scheme, port, usual] = isSecured ? ["https", this.tlsPort, 443] : ["http", this.port, 80];
    return `${scheme}://${site.name}${port === usual ? "" : `:${port}`}/`;
  }

  get nginx(): NginxTexts {
    const { port: publicPort, tlsPort: publicTlsPort } = this;
    return { files: textFiles(this.texts().sites), publicPort, publicTlsPort, reachedAs: this.name };
  }

  protected override facts(): object {
    const scaled = [...this.own].sort(([a], [b]) => (a < b ? -1 : 1));
    return { type: "swarm", scaling: Object.fromEntries(scaled) };
  }

  protected capabilities(): HostCapabilities {
    return { secrets: DEPLOYER_SECRET_KINDS, tls: ["certificate"], volumes: true, hasHostGateway: false };
  }

  /** By the service's own name, which DNS answers with the addresses of its healthy tasks. */
  protected internalAddress(_: ClaimedPorts, __: HostedService | undefined, { node, port }: HostedService): string {
    return `${this.nameOf(node.id)}:${port}`;
  }

  protected unreachableFrom(_host: IHost): string {
    return ", which is not in its overlay network: serve it under a name and route to that by Backend.fromAddress";
  }

  protected addService(service: HostedService): void {
    const { id } = service.node;
    const scaling = this.own.get(id) ?? this.scaling;
    requireSwarm(service, scaling);
    if (service.image.repository.pullAccess.kind !== "anonymous") DockerEngine.of(this).login(service.image.repository);
    const secrets = Object.entries(service.secrets).map(([file, { source }]) => ({
      file,
      property: `secrets[${file}]`,
      source,
    }));
    const kept = this.secretsOf(service, secrets);
    if (kept) this.secrets.push(kept);
    const { place, health } = this;
    const asked = () => (this.release.services.find(({ name }) => name === id) ?? service.declaration).health;
    const run = { name: this.nameOf(id), scaling, place, health, asked, secrets: kept };
    this.made.set(id, runOnSwarm(service, run));
  }

  protected addSite(site: HostedSite): void {
    const [, secret] = site.secrets.find(([property]) => property === "tls") ?? [];
    if (secret === undefined) return;
    const made = this.secretsOf(
      site,
      certificateFiles(site.declaration).map((file) => ({ file, property: "tls", source: secret.source })),
    );
    if (made) this.certificates.push(made);
  }

  protected checkSite(site: HostedSite): void {
    requireSwarmSite(site);
    if (site.declaration.tls !== undefined && this.tlsPort === undefined)
      throw new ConstructError(site, "tls", `the host ${this.node.path} has no port for it: give it tlsPort: 443`);
    checkSwarmSite(
      site.declaration,
      this.hosted.map(({ declaration }) => declaration),
    );
  }

  private secretsOf(scope: Construct, secrets: readonly SwarmSecret[]): SwarmSecrets | undefined {
    return secrets.length === 0 ? undefined : new SwarmSecrets(scope, "Secrets", { place: this.place, secrets });
  }

  private nameOf(service: string): string {
    return `${this.name}-${service}`;
  }

  private texts(): SwarmTexts {
    const portOf = new Map(this.hosted.map(({ node, port }) => [node.id, port]));
    const publicPorts = { publicPort: this.port, publicTlsPort: this.tlsPort };
    return swarmTexts(this.release, (name) => `${this.nameOf(name)}:${portOf.get(name)}`, publicPorts);
  }
}

function visitorsPort(port: number): number {
  return parsePort(port, "visitors' port");
}

function checked<T>(scope: SwarmHost, property: string, value: T, check: (value: T) => T): T {
  checkLiteral(scope, property, value, check);
  return check(value);
}
