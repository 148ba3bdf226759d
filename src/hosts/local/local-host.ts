import type { Construct } from "constructs";
import { Container, type ContainerProps } from "../../docker/container.ts";
import { DockerEngine } from "../../docker/docker-engine.ts";
import { type INetwork, Network } from "../../docker/network.ts";
import { PulledImage } from "../../docker/pulled-image.ts";
import { Volume } from "../../docker/volume.ts";
import { mainConfiguration } from "../../nginx/main-configuration.ts";
import { type BasicAuth, passwordFile } from "../../release/basic-auth.ts";
import { drainTime } from "../../release/drain.ts";
import type { HostCapabilities } from "../../release/host-capabilities.ts";
import { isStopFirst } from "../../release/mounts.ts";
import { keptReleases, type Release } from "../../release/release.ts";
import type { ClaimedPorts } from "../../release/service-ports.ts";
import { atProperty, ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { refuseTrackedSecret, secretPlace } from "../../terraform/deployer-secret.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { checkLiteral, requireLiteral } from "../../terraform/literal.ts";
import { templateText } from "../../terraform/template-text.ts";
import { HOST_GATEWAY } from "../../values/host-gateway.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import type { Platform } from "../../values/platform.ts";
import { PortMapping, parsePort } from "../../values/port-mapping.ts";
import { requireTls } from "../declared-tls.ts";
import type { IHost, ISite } from "../host.ts";
import { HostBase } from "../host-base.ts";
import type { HostedContainer } from "../hosted-container.ts";
import type { HostedService } from "../hosted-service.ts";
import type { HostedSite } from "../hosted-site.ts";
import type { HostedTask } from "../hosted-task.ts";
import { DEPLOYER_SECRET_KINDS } from "../secret.ts";
import { type LocalContainerOptions, localContainer } from "./local-container.ts";
import { DEFAULT_NGINX_IMAGE, DEFAULT_PORT, LOCAL_HOST_PROPS, type LocalHostProps } from "./local-host-props.ts";
import { LocalMounts } from "./local-mounts.ts";
import { LocalRelease } from "./local-release.ts";
import { checkSite, type LocalTexts, localTexts, nginxTexts } from "./local-texts.ts";

const DEFAULT_TLS_PORT = 8443;

/**
 * The stack's Docker Engine as a host: services on a network of their own, Nginx in front of them.
 *
 * Why Nginx stays and services come and go beside it: Terraform stops a replaced container at the start of the apply,
 * before the build even ran. Here nothing that serves is stopped before its successor is healthy and Nginx has moved
 * on to it; a build that breaks or a container that never gets healthy fails the apply and leaves everything serving.
 */
export class LocalHost extends HostBase {
  readonly platform?: Platform;
  readonly network: INetwork;
  /** What must have happened before the host serves what is declared. */
  readonly ready: TerraformDependency[];
  private readonly port: number;
  private readonly tlsPort?: number;
  private readonly nginxName: string;
  private readonly nginxImageId: string;
  private readonly containers = new Map<string, Container>();
  private readonly mounts = new LocalMounts(this);
  private rendered?: { readonly of: Release; readonly texts: LocalTexts };

  /** @throws {ConstructError} for a port, an address, a drain time or a number of kept releases out of range */
  constructor(scope: Construct, id: string, props: LocalHostProps = {}) {
    const { drainSeconds, keepReleases, trustedProxies, requireSignature } = props;
    super(scope, id, { drainSeconds, keepReleases, trustedProxies, requireSignature }, props.tls);
    knownProps(this, props, LOCAL_HOST_PROPS);
    this.platform = props.platform;
    this.port = props.port ?? DEFAULT_PORT;
    this.tlsPort = props.tlsPort ?? (props.tls && DEFAULT_TLS_PORT);
    const ports = this.publicPorts(props);
    this.network = props.network ?? new Network(this, "Network");
    const nginx = new Container(this, "Nginx", {
      image: new PulledImage(this, "NginxImage", { image: props.nginxImage ?? DEFAULT_NGINX_IMAGE }),
      network: this.network,
      ports,
      volumes: { "/etc/nginx/slipway": new Volume(this, "NginxFiles") },
      files: {
        "/etc/nginx/nginx.conf": mainConfiguration({ flavour: "container", include: "/etc/nginx/slipway/live/*.conf" }),
      },
      extraHosts: { [HOST_GATEWAY]: "host-gateway" },
      memoryMiB: 128,
    });
    this.nginxName = DockerEngine.of(this).nameFor(nginx);
    const release = new LocalRelease(this, "Release", {
      nginxName: this.nginxName,
      release: () => this.release,
      keepReleases,
      containers: this.containers,
      texts: () => this.texts(),
      passwords: () => this.passwords(),
      signed: () => this.signed(),
    });
    this.nginxImageId = nginx.imageId;
    this.ready = release.ready;
  }

  /** Where a person on the engine's machine opens `site`; the name must resolve there, as `*.localhost` does. */
  urlOf(site: ISite): string {
    const isSecured = (site as HostedSite).declaration.tls !== undefined;
    const [scheme, port, usual] = isSecured ? ["https", this.tlsPort, 443] : ["http", this.port, 80];
    return `${scheme}://${site.name}${port === usual ? "" : `:${port}`}/`;
  }

  get nginx() {
    return nginxTexts(this.texts(), { publicPort: this.port, publicTlsPort: this.tlsPort, reachedAs: this.nginxName });
  }

  protected override facts(): object {
    return { type: "local" };
  }

  protected capabilities(): HostCapabilities {
    return { secrets: DEPLOYER_SECRET_KINDS, tls: ["local"], volumes: true, hasHostGateway: true, tasks: true };
  }

  /** Of a service that has but one container at a time, a name that it alone has in the host's network. */
  protected internalAddress({ internal }: ClaimedPorts, alone?: HostedService): string {
    return alone ? `${this.aliasOf(alone.node.id)}:${alone.declaration.port}` : `${this.nginxName}:${internal}`;
  }

  protected unreachableFrom(host: IHost): string | undefined {
    if ((host as Partial<LocalHost>).network === this.network) return undefined;
    return ", which has another network: give both hosts one network, or serve Backend.fromAddress";
  }

  /** The container publishes no port and is never replaced in place: only a release that found it healthy moves on to it. */
  protected addService(service: HostedService): void {
    // Terraform would start it beside the old one
    const alone = isStopFirst(service.declaration) && { start: false, aliases: [this.aliasOf(service.node.id)] };
    const container = this.contain(service, service.declaration, { ...alone });
    const hasTask = this.hostedTasks.some(({ declaration }) => declaration.before.length === 0);
    if (hasTask || service.declaration.dependsOn) container.leaveUnstarted();
  }

  /** Terraform makes the new versions of services that a task stands before, and the release starts them after it. */
  protected override addTask(task: HostedTask): void {
    this.contain(task, task.declaration, { runsOnce: true });
    const { before } = task.declaration;
    for (const name of before.length > 0 ? before : this.hosted.map(({ node }) => node.id))
      this.containers.get(name)?.leaveUnstarted();
  }

  private contain(
    hosted: HostedContainer,
    declaration: LocalContainerOptions["declaration"],
    more: Partial<ContainerProps> = {},
  ): Container {
    const { platform, network, nginxImageId, mounts } = this;
    const container = localContainer(hosted, { declaration, platform, network, nginxImageId, mounts }, more);
    // Terraform would start it before anybody has looked for its signature
    if (this.release.requireSignature) container.leaveUnstarted();
    this.containers.set(hosted.node.id, container);
    return container;
  }

  protected addSite(site: HostedSite): void {
    for (const [property, { source }] of site.secrets) refuseTrackedSecret(site, property, source);
  }

  private aliasOf(service: string): string {
    return `${service}.${this.nginxName}`;
  }

  protected checkSite(site: HostedSite): void {
    if (site.declaration.tls !== undefined && this.tlsPort === undefined) {
      const remedy = `give ${this.node.path} tlsPort: ${DEFAULT_TLS_PORT}, or its tls`;
      throw new ConstructError(site, "tls", `the host ${this.node.path} has no port for it: ${remedy}`);
    }
    checkSite(
      site.declaration,
      this.hosted.map(({ node }) => node.id),
    );
  }

  private passwords(): string {
    const lines = this.release.sites.flatMap(({ name, basicAuth }) =>
      Object.entries(basicAuth?.users ?? {}).map(([user, source]) => {
        const file = passwordFile(name, basicAuth as BasicAuth);
        return `${[file, name, user, ...secretPlace(this, source)].join("\t")}\n`;
      }),
    );
    return templateText(lines.join(""));
  }

  /** A line for each image that must be signed, and where its registry is asked. */
  private signed(): string {
    const lines = this.hostedContainers.map(({ node, image: { reference, repository } }) => {
      return `${node.id} ${reference} ${repository.registry.endpoint}\n`;
    });
    return this.release.requireSignature ? lines.join("") : "";
  }

  private texts(): LocalTexts {
    const { release } = this;
    if (this.rendered?.of !== release) {
      const publicPorts = { publicPort: this.port, publicTlsPort: this.tlsPort };
      this.rendered = { of: release, texts: localTexts(release, (name) => this.portsOf(name), publicPorts) };
    }
    return this.rendered.texts;
  }

  private publicPorts(props: LocalHostProps): PortMapping[] {
    const address = props.address ?? "127.0.0.1";
    const ports: PortMapping[] = [];
    collectErrors([
      () => {
        const host = atProperty(this, "port", () => parsePort(requireLiteral(this, "port", this.port), "host port"));
        requireLiteral(this, "address", address);
        ports.push(atProperty(this, "address", () => PortMapping.of({ host, container: 80, address })));
      },
      () => {
        if (this.tlsPort === undefined) return;
        requireTls(this, this, props.tls, this.capabilities());
        const host = atProperty(this, "tlsPort", () => {
          const port = parsePort(requireLiteral(this, "tlsPort", this.tlsPort) as number, "host port");
          if (port !== this.port) return port;
          throw new InvalidValueError({ subject: "host port", rule: "must be another than port", got: port });
        });
        ports.push(PortMapping.of({ host, container: 443, address }));
      },
      () => checkLiteral(this, "drainSeconds", props.drainSeconds, drainTime),
      () => checkLiteral(this, "keepReleases", props.keepReleases, keptReleases),
    ]);
    return ports;
  }
}
