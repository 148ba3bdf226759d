import type { Construct } from "constructs";
import { nginxTexts, type ReleaseManifest, releaseManifest } from "../../host-agent/release-manifest.ts";
import { requireTls } from "../../hosts/declared-tls.ts";
import type { IHost, ISite } from "../../hosts/host.ts";
import { HostBase } from "../../hosts/host-base.ts";
import type { HostedSchedule } from "../../hosts/hosted-schedule.ts";
import type { HostedService } from "../../hosts/hosted-service.ts";
import type { HostedSite } from "../../hosts/hosted-site.ts";
import type { HostedTask } from "../../hosts/hosted-task.ts";
import { acmeNames } from "../../release/acme-names.ts";
import type { Front } from "../../release/front.ts";
import type { HostCapabilities } from "../../release/host-capabilities.ts";
import type { Release } from "../../release/release.ts";
import { BRIDGE_ADDRESS, type ClaimedPorts } from "../../release/service-ports.ts";
import { atProperty } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { stackOf } from "../../terraform/stack-of.ts";
import type { Platform } from "../../values/platform.ts";
import { AwsAccount } from "../aws-account.ts";
import type { IRole } from "../ecr-repository-base.ts";
import { SECRET_KINDS } from "../secret.ts";
import { awsSecretsOf, awsSiteSecretsOf } from "./aws-secrets.ts";
import { type DeclaredContainer, DeclaredFit } from "./declared-fit.ts";
import type { Firewall } from "./firewall.ts";
import { FrontHosts } from "./front-hosts.ts";
import { InstanceType } from "./instance-type.ts";
import { manifestOptions } from "./manifest-options.ts";
import { machineText, type NanoFacts, nanoFacts } from "./nano-facts.ts";
import type { NanoHostProps } from "./nano-host-props.ts";
import { nanoHostSettings } from "./nano-host-settings.ts";
import { nanoParts } from "./nano-parts.ts";
import type { NanoRelease } from "./nano-release.ts";
import { PrivateAddresses } from "./private-addresses.ts";
import { ecrPullsOf, requirePullable } from "./pullable-image.ts";
import { assertFitsParameter, taskLedgerName } from "./release-parameter.ts";
import { RetainedImages } from "./retained-images.ts";
import { recordSite } from "./site-records.ts";

const PUBLIC_PORT = 80;
const TLS_PORT = 443;

/**
 * A small EC2 instance with Ubuntu 24.04 as a host: Docker runs the services, Nginx in front of them serves the names.
 * It pulls by digest: from ECR by its own role, from everywhere else what everybody may pull. A t4g.nano costs about
 * 7.36 USD a month (us-east-1, 2025): the instance 3.07, 8 GiB of disk 0.64, the public IPv4 address 3.65; and at worst
 * 55.48 more, where both CPUs work all month and `cpuCredits` is not "standard". See {@link NanoHost.description} for
 * other types. Its services have 256 MiB in sum, half of its memory.
 *
 * Why a release is no part of the instance: what it boots with knows only how to converge to a release, so that a new
 * version of a service plans nothing on the instance, and the old version serves until the new one is healthy.
 */
export class NanoHost extends HostBase implements IRole {
  readonly platform: Platform;
  /** The type, what it runs and boots from, and what it costs a month, the public IPv4 address included, and at worst by surplus CPU credits. */
  readonly description: string;
  /** References. */
  readonly publicIp: string;
  /** Its address in the VPC, which outlives its instance. */
  readonly privateIp: string;
  readonly instanceId: string;
  readonly roleName: string;
  /** The EBS volume that outlives its instances, where it has one; a reference. */
  readonly dataVolumeId?: string;
  /** What must have happened before the host serves what is declared. */
  readonly ready: TerraformDependency[];
  protected readonly account: AwsAccount;
  private readonly machine: NanoFacts;
  private readonly fit: DeclaredFit;
  private readonly images: RetainedImages;
  private readonly firewall: Firewall;
  protected readonly rollout: NanoRelease;
  private readonly certified: HostedSite[] = [];
  private told?: { readonly of: Release; readonly manifest: ReleaseManifest };
  private readonly inFront = new FrontHosts<NanoHost>((front) => front.served);
  /** The hosts that this one is in front of. */
  private readonly reaches = new Set<NanoHost>();

  /** @throws {ConstructError} for a type, machine image, size, file or address that cannot be what is declared */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NanoHostProps = {},
  ) {
    const { drainSeconds, keepReleases, trustedProxies, requireSignature, tls } = props;
    super(scope, id, { drainSeconds, keepReleases, trustedProxies, requireSignature }, tls);
    requireTls(this, this, tls, this.capabilities());
    this.account = AwsAccount.of(this, { account: props.account, region: props.region });
    const declared = nanoHostSettings(this, { host: this.node.path, parameter: this.parameterName }, props);
    this.platform = declared.type.platform;
    this.fit = new DeclaredFit(this, declared);
    const { region } = this.account;
    this.machine = nanoFacts(this, declared, props, region);
    this.description = machineText(this, declared, props, region);
    atProperty(this, "release", () => this.checkManifest());
    this.images = new RetainedImages(this, this.account);
    const parts = nanoParts(this, {
      ...{ account: this.account, props, declared, parameterName: this.parameterName, images: this.images },
      manifest: () => this.manifest(),
      permissions: () => ({
        repositoryArns: ecrPullsOf(this.hostedContainers).map(({ repositoryArn }) => repositoryArn),
        secrets: [...this.hostedContainers.flatMap(awsSecretsOf), ...this.certified.flatMap(awsSiteSecretsOf)],
        taskLedger: this.release.tasks && taskLedgerName(this.node.path),
        challenges: { zone: this.challengeZone, names: acmeNames(this.served) },
      }),
      next: () => this.next,
    });
    this.firewall = parts.firewall;
    this.rollout = parts.release;
    this.publicIp = parts.address.publicIp;
    this.privateIp = parts.address.privateIp;
    this.instanceId = parts.instance.instanceId;
    this.dataVolumeId = parts.dataVolume?.volumeId;
    this.roleName = parts.role.roleName;
    this.ready = parts.release.ready;
    this.forgetRelease(); // which now has a data volume
  }

  /** Where visitors open `site`, once its name leads to {@link publicIp}. */
  urlOf(site: ISite): string {
    return `${(site as HostedSite).declaration.tls ? "https" : "http"}://${site.name}/`;
  }

  get nginx() {
    return nginxTexts(this.node.path, this.manifest(false));
  }

  protected override facts(): object {
    return { ...this.machine, fit: this.fit.facts(this.release.keepReleases) };
  }

  protected capabilities(): HostCapabilities {
    return {
      secrets: SECRET_KINDS,
      tls: ["acme", "certificate"],
      volumes: this.props.dataVolume ? true : "declare dataVolume: { sizeGiB: 10 } on it",
      hasHostGateway: false,
      tasks: true,
      schedules: true,
      machineFor: (platform) => InstanceType.parse(this.machine.type).forPlatform(platform),
    };
  }

  protected internalAddress({ internal, direct }: ClaimedPorts, alone?: HostedService): string {
    return `${BRIDGE_ADDRESS}:${alone ? direct : internal}`;
  }

  protected unreachableFrom(host: IHost): string | undefined {
    const isNano = host instanceof NanoHost;
    if (isNano && stackOf(host) === stackOf(this)) return undefined;
    const why = isNano ? "each of the two needs to know the other's address" : "only a NanoHost of its stack has a way";
    return `: ${why}; declare both in one stack, or serve it there under a name and route to that by Backend.fromAddress`;
  }

  /** By the private address, where nobody but the hosts in front gets an answer. */
  protected override addressFrom(host: IHost, service: HostedService): string {
    const front = host as NanoHost;
    const address = `${this.privateIp}:${service.ports.front}`;
    this.firewall.openToFront(front.firewall, service.ports.front);
    front.reaches.add(this);
    this.inFront.add(front, service, address);
    this.forgetRelease();
    return address;
  }

  protected override fronts(): Front[] {
    return this.inFront.fronts;
  }

  protected addService(service: HostedService): void {
    this.admit(service);
  }

  protected override addTask(task: HostedTask): void {
    this.admit(task);
  }

  protected override addSchedule(schedule: HostedSchedule): void {
    this.admit(schedule);
  }

  private admit(container: DeclaredContainer): void {
    requirePullable(container);
    awsSecretsOf(container);
    if (this.props.waitForRelease !== false) this.images.add(container.image);
    if (container.image.ready) this.rollout.waitFor(container.image.ready);
    this.fit.add(container);
    this.checkManifest();
  }

  protected addSite(site: HostedSite): void {
    this.firewall.open(PUBLIC_PORT, "visitors");
    if (site.declaration.tls) this.firewall.open(TLS_PORT, "visitors by TLS");
    this.certified.push(site);
    const { zone } = this.props;
    if (zone) recordSite(site, this.account, zone.id, this.publicIp);
  }

  protected checkSite(site: HostedSite): void {
    awsSiteSecretsOf(site);
    this.checkManifest();
    for (const behind of this.reaches) {
      behind.forgetRelease();
      behind.checkManifest();
    }
  }

  /** Why the whole: a parameter holds so much and no more. */
  protected checkManifest(): void {
    assertFitsParameter(this.manifest());
  }

  private get parameterName(): string {
    return `/slipway/${this.node.path}/release`;
  }

  /** What the host is told. @throws InvalidValueError for whatever it would refuse */
  private manifest(areFilled = true): ReleaseManifest {
    const { release } = this; // another one as soon as anything is declared
    const addresses = new PrivateAddresses([...this.reaches, ...this.inFront.hosts]);
    if (this.told?.of !== release) this.told = { of: release, manifest: this.manifestOf(addresses.named(release)) };
    return areFilled ? addresses.filled(this.told.manifest) : this.told.manifest;
  }

  private manifestOf(release: Release): ReleaseManifest {
    return releaseManifest({
      release,
      portsOf: (name) => this.portsOf(name),
      dataVolume: this.dataVolumeId,
      ecr: ecrPullsOf(this.hostedContainers).map(({ address }) => address),
      repositories: this.hostedContainers.map(({ image }) => image.repository),
      ...manifestOptions(this, this.props, this.account.region),
      specOf: (_, name) => this.rollout.specOf(name),
      taskLedger: this.release.tasks && this.rollout.taskLedger,
      challengeZone: this.challengeZone,
    });
  }

  /** The hosted zone in which it shows that its names are its own, where no ACME server could ask it by HTTP. */
  protected get challengeZone(): string | undefined {
    return undefined;
  }

  /** The hosts that are told after it, and not at all where it fails. */
  protected get next(): readonly string[] {
    return [];
  }
}
