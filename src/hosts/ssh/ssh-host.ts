import type { Construct } from "constructs";
import { packedSize } from "../../host-agent/packed-size.ts";
import { nginxTexts, type ReleaseManifest, releaseManifest } from "../../host-agent/release-manifest.ts";
import { resolverAddress } from "../../nginx/argument.ts";
import { drainTime } from "../../release/drain.ts";
import type { HostCapabilities } from "../../release/host-capabilities.ts";
import { keptReleases } from "../../release/release.ts";
import { BRIDGE_ADDRESS, type ClaimedPorts } from "../../release/service-ports.ts";
import { ConstructError, collectErrors } from "../../terraform/construct-error.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { refuseTrackedSecret } from "../../terraform/deployer-secret.ts";
import { knownProps } from "../../terraform/known-props.ts";
import { checkLiteral } from "../../terraform/literal.ts";
import { InvalidValueError } from "../../values/invalid-value-error.ts";
import { Platform } from "../../values/platform.ts";
import { deadline } from "../deadline.ts";
import { requireTls } from "../declared-tls.ts";
import type { IHost, ISite } from "../host.ts";
import { HostBase } from "../host-base.ts";
import type { HostedContainer } from "../hosted-container.ts";
import type { HostedSchedule } from "../hosted-schedule.ts";
import type { HostedService } from "../hosted-service.ts";
import type { HostedSite } from "../hosted-site.ts";
import type { HostedTask } from "../hosted-task.ts";
import { DEPLOYER_SECRET_KINDS } from "../secret.ts";
import { NANO_ALONE, SSH_HOST_PROPS, type SshHostProps } from "./ssh-host-props.ts";
import { requireServerPull } from "./ssh-image.ts";
import { SshRelease } from "./ssh-release.ts";
import { type SshTarget, sshTarget } from "./ssh-target.ts";

const USUAL_DEADLINE = 900;

/** What a variable of a program's environment holds on Linux, 131,072 bytes, and some room for its name. */
const STEP_LIMIT = 130_000;

/** What stands before the name of an image whose registry synth does not know yet. */
const LONGEST_REPOSITORY = "registry.a-rather-long-name-of-somebody.example.com:5000/a-group-of-theirs/";

/**
 * A server with Debian or Ubuntu as a host, wherever it stands: Docker runs the services, Nginx in front of them serves the
 * names. The deployer's own ssh brings what it needs and tells it what to serve; the server keeps its releases itself, and
 * comes back by itself after a reboot. It pulls by digest, what everybody may pull or by a `pullLogin`.
 *
 * Why no cloud is needed: the agent and the release are a nano's, and what a nano asks of AWS the server has in files.
 */
export class SshHost extends HostBase {
  readonly platform: Platform;
  /** Where it is; a literal. */
  readonly address: string;
  /** What must have happened before the host serves what is declared. */
  readonly ready: TerraformDependency[];
  private readonly target: SshTarget;
  private readonly rollout: SshRelease;

  /** @throws {ConstructError} for what ssh would take for something else, and for what only a machine of AWS has */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: SshHostProps,
  ) {
    const { drainSeconds, keepReleases, trustedProxies, requireSignature, tls } = props;
    super(scope, id, { drainSeconds, keepReleases, trustedProxies, requireSignature }, tls);
    this.refuseNanoAlone();
    knownProps(this, props, SSH_HOST_PROPS);
    requireTls(this, this, tls, this.capabilities());
    const { deadlineSeconds = USUAL_DEADLINE, platform = Platform.LINUX_AMD64 } = props;
    collectErrors([
      () => checkLiteral(this, "drainSeconds", drainSeconds, drainTime),
      () => checkLiteral(this, "keepReleases", keepReleases, keptReleases),
      () => checkLiteral(this, "deadlineSeconds", deadlineSeconds, deadline),
      () => checkLiteral(this, "platform", platform, linux),
      () => checkLiteral(this, "resolver", props.resolver, resolverAddress),
    ]);
    this.platform = platform;
    this.target = sshTarget(this, props);
    this.address = this.target.address;
    this.rollout = new SshRelease(this, "Release", {
      hostName: this.node.path,
      target: this.target,
      platform,
      manifest: () => this.manifest(),
      deadlineSeconds,
    });
    this.ready = this.rollout.ready;
  }

  /** Where visitors open `site`, once its name leads to the server. */
  urlOf(site: ISite): string {
    return `${(site as HostedSite).declaration.tls ? "https" : "http"}://${site.name}/`;
  }

  get nginx() {
    return nginxTexts(this.node.path, this.manifest());
  }

  protected override facts(): object {
    const { address, port, user, fingerprint } = this.target;
    return { type: "ssh", address, sshPort: port, sshUser: user, hostKey: fingerprint };
  }

  protected capabilities(): HostCapabilities {
    return {
      secrets: DEPLOYER_SECRET_KINDS,
      tls: ["acme", "certificate"],
      volumes: true,
      hasHostGateway: false,
      tasks: true,
      schedules: true,
    };
  }

  protected internalAddress({ internal, direct }: ClaimedPorts, alone?: HostedService): string {
    return `${BRIDGE_ADDRESS}:${alone ? direct : internal}`;
  }

  protected unreachableFrom(_host: IHost): string | undefined {
    return ": nothing but the server itself has a way to what it runs; serve it there under a name and route to that by Backend.fromAddress";
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

  private admit(container: HostedContainer): void {
    requireServerPull(container);
    for (const [name, { source }] of Object.entries(container.secrets))
      refuseTrackedSecret(container, `secrets[${name}]`, source);
    if (container.image.ready) this.rollout.waitFor(container.image.ready);
    this.checkManifest();
  }

  protected addSite(site: HostedSite): void {
    for (const [property, { source }] of site.secrets) refuseTrackedSecret(site, property, source);
  }

  /** What the server would refuse is refused by the line that declares it. */
  protected checkSite(_site: HostedSite): void {
    this.checkManifest();
  }

  private checkManifest(): void {
    const size = packedSize(this.manifest(), LONGEST_REPOSITORY);
    if (size <= STEP_LIMIT) return;
    throw new InvalidValueError({
      subject: `release of ${this.node.path}`,
      rule: `must be at most ${STEP_LIMIT} characters compressed`,
      got: size,
      remedy: "move services to a second host, or files that are mounted into their images",
    });
  }

  /** What the host is told, but for where it has the deployer's secrets. @throws InvalidValueError for whatever it would refuse */
  private manifest(): ReleaseManifest {
    const { release } = this;
    return releaseManifest({
      release,
      portsOf: (name) => this.portsOf(name),
      repositories: this.hostedContainers.map(({ image }) => image.repository),
      irreversible: this.props.irreversible,
      resolver: this.props.resolver,
      specOf: (_, name) => this.rollout.specOf(name),
      taskLedger: release.tasks && `/slipway/${this.node.path}/tasks`,
    });
  }

  /** By name, for whoever moves from a nano. */
  private refuseNanoAlone(): void {
    for (const [option, why] of Object.entries(NANO_ALONE)) {
      if (Object.hasOwn(this.props, option)) throw new ConstructError(this, option, `an SshHost has none: ${why}`);
    }
  }
}

function linux(platform: Platform): Platform {
  if (platform instanceof Platform && platform.os === "linux") return platform;
  const remedy = "write e.g. Platform.LINUX_ARM64";
  throw new InvalidValueError({ subject: "platform", rule: "must be one of Linux", got: platform, remedy });
}
