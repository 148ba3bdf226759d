import { Construct } from "constructs";
import { Container } from "../../docker/container.ts";
import { DockerEngine } from "../../docker/docker-engine.ts";
import { type INetwork, Network } from "../../docker/network.ts";
import { PulledImage } from "../../docker/pulled-image.ts";
import { Volume } from "../../docker/volume.ts";
import { mainConfiguration } from "../../nginx/main-configuration.ts";
import { healthOf } from "../../release/health-host.ts";
import { serviceName } from "../../release/service-name.ts";
import { ServicePorts } from "../../release/service-ports.ts";
import { atProperty, ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { constructId, requireLiteral } from "../../terraform/literal.ts";
import type { OptionNames } from "../../values/known-options.ts";
import type { Platform } from "../../values/platform.ts";
import { PortMapping, parsePort } from "../../values/port-mapping.ts";
import type { IBackend, IHost, IService, ISite, RunOptions, SiteOptions } from "../host.ts";
import { Site } from "../site.ts";
import { bareText, internalText, LocalRelease, sitesOf, sitesText } from "./local-release.ts";
import { LocalService } from "./local-service.ts";

/** What a {@link LocalHost} takes. */
export interface LocalHostProps {
  /** The port of the engine's machine where visitors come in; a literal. @default 8888 */
  readonly port?: number;
  /** The address of the engine's machine where visitors come in. @default "127.0.0.1" */
  readonly address?: string;
  /** What the machine runs, where it is not the deployer's own. @default - whatever the engine runs */
  readonly platform?: Platform;
  /** An Nginx image with curl or wget in it. @default "nginx:1.30.5", pinned by the lockfile */
  readonly nginxImage?: string;
  /** The network that the host's containers share. @default - one of its own */
  readonly network?: INetwork;
  /** Seconds that open requests get to end by themselves after a release. @default 10 */
  readonly drainSeconds?: number;
}

const LOCAL_HOST_PROPS: OptionNames<LocalHostProps> = {
  port: true,
  address: true,
  platform: true,
  nginxImage: true,
  network: true,
  drainSeconds: true,
};
const DEFAULT_NGINX_IMAGE = "nginx:1.30.5";
const LONGEST_DRAIN_SECONDS = 3600;

/**
 * The stack's Docker Engine as a host: services on a network of their own, Nginx in front of them.
 *
 * Why Nginx stays and services come and go beside it: Terraform stops a replaced container at the start of the apply,
 * before the build even ran. Here nothing that serves is stopped before its successor is healthy and Nginx has moved
 * on to it; a build that breaks or a container that never gets healthy fails the apply and leaves everything serving.
 */
export class LocalHost extends Construct implements IHost {
  readonly platform?: Platform;
  readonly network: INetwork;
  /** What must have happened before the host serves what is declared. */
  readonly ready: TerraformDependency[];
  private readonly port: number;
  private readonly address: string;
  private readonly nginxName: string;
  private readonly services = new Map<string, { readonly service: LocalService; readonly internalPort: number }>();
  private readonly ports = new ServicePorts();
  private readonly sites = new Map<string, Site>();
  private rendered?: { readonly of: string; readonly text: ReturnType<LocalHost["render"]> };

  /** @throws {ConstructError} for a port, an address or a drain time out of range */
  constructor(scope: Construct, id: string, props: LocalHostProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, props, LOCAL_HOST_PROPS);
    this.platform = props.platform;
    this.port = requireLiteral(this, "port", props.port ?? 8888);
    this.address = requireLiteral(this, "address", props.address ?? "127.0.0.1");
    const drainSeconds = props.drainSeconds ?? 10;
    let ports: PortMapping[] = [];
    collectErrors([
      () => {
        const port = atProperty(this, "port", () => parsePort(this.port, "host port"));
        ports = [
          atProperty(this, "address", () => PortMapping.of({ host: port, container: 80, address: this.address })),
        ];
      },
      () => this.checkDrain(drainSeconds),
    ]);

    this.network = props.network ?? new Network(this, "Network");
    const nginx = new Container(this, "Nginx", {
      image: new PulledImage(this, "NginxImage", { image: props.nginxImage ?? DEFAULT_NGINX_IMAGE }),
      network: this.network,
      ports,
      volumes: { "/etc/nginx/slipway": new Volume(this, "NginxFiles") },
      files: {
        "/etc/nginx/nginx.conf": mainConfiguration({ flavour: "container", include: "/etc/nginx/slipway/live/*.conf" }),
      },
      memoryMiB: 128,
    });
    const engine = DockerEngine.of(this);
    this.nginxName = engine.nameFor(nginx);
    const release = new LocalRelease(this, "Release", {
      hostName: this.node.path,
      nginxName: this.nginxName,
      engineHost: engine.host,
      drainSeconds,
      services: () => {
        const sites = sitesOf([...this.sites.values()]);
        return this.declared().map(({ service }) => {
          const name = service.node.id;
          return { ...pick(service), name, health: healthOf(name, service.health, sites) };
        });
      },
      text: () => this.text(),
    });
    this.ready = release.ready;
  }

  run(id: string, options: RunOptions): IService {
    const name = atProperty(this, `run(${JSON.stringify(id)})`, () => serviceName(constructId(this, id)));
    if (this.services.has(name))
      throw new ConstructError(this, "run", `has a service ${name} already: give each its own name`);
    const internalPort = this.ports.claim(name).internal;
    const service = new LocalService(this, name, options, {
      host: this,
      network: this.network,
      internalAddress: `${this.nginxName}:${internalPort}`,
    });
    this.services.set(name, { service, internalPort });
    return service;
  }

  serve(name: string, routes: Readonly<Record<string, IBackend>>, options?: SiteOptions): ISite {
    const site = new Site(this, name, routes, options);
    this.sites.set(site.name, site);
    atProperty(this, `serve(${JSON.stringify(name)})`, () => this.text());
    return site;
  }

  /** Where a person on the engine's machine opens `site`; the name must resolve there, as `*.localhost` does. */
  urlOf(site: ISite): string {
    return `http://${site.name}${this.port === 80 ? "" : `:${this.port}`}/`;
  }

  private declared() {
    return [...this.services.keys()]
      .sort()
      .map((name) => this.services.get(name) as { service: LocalService; internalPort: number });
  }

  private text() {
    const declared = `${this.services.size} ${[...this.sites.values()].map(({ name, routes }) => `${name} ${routes.size}`)}`;
    if (this.rendered?.of !== declared) this.rendered = { of: declared, text: this.render() };
    return this.rendered.text;
  }

  private render() {
    const services = this.declared().map(({ service, internalPort }) => ({ name: service.node.id, internalPort }));
    const sites = sitesOf([...this.sites.values()]);
    return {
      sites: sitesText(services, sites, this.port),
      bare: bareText(),
      internal: internalText(services, sites),
    };
  }

  private checkDrain(seconds: number): void {
    requireLiteral(this, "drainSeconds", seconds);
    if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_DRAIN_SECONDS) return;
    throw new ConstructError(this, "drainSeconds", {
      subject: "drain time",
      rule: `must be a whole number of seconds from 0 to ${LONGEST_DRAIN_SECONDS}`,
      got: seconds,
    });
  }
}

function pick({ containerName, containerId, port, health }: LocalService) {
  return { containerName, containerId, port, health };
}
