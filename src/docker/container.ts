import { Container as DockerContainer } from "@cdktf/provider-docker/lib/container";
import { Image as DockerImage } from "@cdktf/provider-docker/lib/image";
import { Construct } from "constructs";
import { ConstructError, collectErrors } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { describe } from "../terraform/description.ts";
import { knownProps } from "../terraform/known-props.ts";
import { COMMAND_EXAMPLE, checkLiteral, constructId, requireTextMap, requireWordList } from "../terraform/literal.ts";
import { templateMap, templateText } from "../terraform/template-text.ts";
import { cpuLimit } from "../values/cpu-limit.ts";
import { ENGINE_OPTIONS, type EngineOptions, engineSettings } from "../values/engine-options.ts";
import { DEFAULT_MEMORY_MIB, memoryLimit } from "../values/memory-limit.ts";
import type { Platform } from "../values/platform.ts";
import type { PortMapping } from "../values/port-mapping.ts";
import { DEFAULT_STOP_GRACE_SECONDS, stopGrace } from "../values/stop-grace.ts";
import { checkEngineOptions, engineAttributes, keptByProvider, overrides } from "./container-engine.ts";
import { checkFiles } from "./container-files.ts";
import { type ContainerHealth, checkHealth, containerHealthBlock } from "./container-health.ts";
import { checkMountsByPath, type MountsByPath, mountBlocks } from "./container-mounts.ts";
import { checkReplacement, type Replacement, replacementLifecycle } from "./container-replacement.ts";
import { IMAGE, NETWORK, PLATFORM, PORT_MAPPING, requireKind, requireKinds, VOLUME } from "./declared-kind.ts";
import { DockerEngine, labelBlocks, ownershipLabels, publishPort, SETTINGS_LABEL } from "./docker-engine.ts";
import { type IImage, pullableOnce } from "./image.ts";
import type { INetwork } from "./network.ts";
import { settingsDigest } from "./settings-digest.ts";
import type { IVolume } from "./volume.ts";

/** What a {@link Container} takes. */
export interface ContainerProps extends EngineOptions {
  readonly image: IImage;
  /** The side to run of an image that has several. @default - the image's only one, else the engine's own */
  readonly platform?: Platform;
  /** @default - the default bridge */
  readonly network?: INetwork;
  /** Ports of the engine's machine that lead into the container. @default - none */
  readonly ports?: readonly PortMapping[];
  /** Volumes by the path where the container sees them. @default - none */
  readonly volumes?: Readonly<Record<string, IVolume>>;
  /** What it sees at paths that are not of its image, by the path. @default - nothing but `volumes` */
  readonly mounts?: MountsByPath;
  /** More names for it in the network's DNS, as long as it runs. @default - none */
  readonly aliases?: readonly string[];
  /** Plain environment variables, which plans and `docker inspect` show: no secret belongs here. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** The command in exec form. @default - the image's */
  readonly command?: readonly string[];
  /** Text files put into the container before it starts, by absolute path; kept in Terraform's state. @default - none */
  readonly files?: Readonly<Record<string, string>>;
  /** The memory limit in MiB, with no swap on top. @default 256 */
  readonly memoryMiB?: number;
  /** How many CPUs it may use at most, e.g. 0.5. @default - all that the engine's machine has */
  readonly cpus?: number;
  /** Seconds between the stop signal and the kill. @default 10 */
  readonly stopGraceSeconds?: number;
  /** A check that the image's own tools carry out; the apply waits for it. @default - none */
  readonly health?: ContainerHealth;
  /**
   * How a change reaches the container. `stop-first` keeps the name and the published ports; `start-first` makes the
   * new container beside the old one under a name of its own, so that something else can switch over in between.
   * @default "stop-first"
   */
  readonly replacement?: Replacement;
  /** Whether it is started once it is made; something else starts and stops it otherwise. @default true */
  readonly start?: boolean;
  /** Whether it runs to its end once, when something else starts it, and is kept after that. @default false */
  readonly runsOnce?: boolean;
  /** @default - none */
  readonly dependsOn?: TerraformDependency[];
}

const PROPS = {
  ...ENGINE_OPTIONS,
  image: true,
  platform: true,
  network: true,
  ports: true,
  volumes: true,
  mounts: true,
  aliases: true,
  start: true,
  env: true,
  command: true,
  files: true,
  memoryMiB: true,
  cpus: true,
  stopGraceSeconds: true,
  health: true,
  replacement: true,
  runsOnce: true,
  dependsOn: true,
} as const;

/**
 * A container that the engine keeps running: restart policy, memory limit, rotated logs and a stop grace are always
 * set, because the engine's defaults (none of them) are what brings a small machine down.
 */
export class Container extends Construct {
  readonly ready: TerraformDependency[];
  /** The name on the engine and in its network's DNS; a reference. */
  readonly containerName: string;
  /** The engine's id of the container; a reference that changes with every replacement. */
  readonly containerId: string;
  /** The id of the image as the engine has it; a reference. */
  readonly imageId: string;
  private readonly resource: DockerContainer;

  /** @throws {ConstructError} when `start-first` is asked of a container with published ports, or a limit is out of range */
  constructor(scope: Construct, id: string, props: ContainerProps) {
    super(scope, constructId(scope, id));
    collectErrors([
      () => knownProps(this, props, PROPS),
      () => requireKind(this, "image", props.image, IMAGE),
      () => props.platform === undefined || requireKind(this, "platform", props.platform, PLATFORM),
      () => this.checkNetwork(props.network),
      () => requireKinds(this, "ports", props.ports ?? [], PORT_MAPPING),
      () => checkReplacement(this, props),
      () => checkLiteral(this, "memoryMiB", props.memoryMiB, memoryLimit),
      () => checkLiteral(this, "cpus", props.cpus, cpuLimit),
      () => checkLiteral(this, "stopGraceSeconds", props.stopGraceSeconds, stopGrace),
      () => checkEngineOptions(this, props),
      () => this.checkEnv(props.env ?? {}),
      () => requireWordList(this, "command", props.command ?? [], COMMAND_EXAMPLE),
      () => checkFiles(this, props.files ?? {}),
      () => this.checkVolumes(props.volumes ?? {}),
      () => checkMountsByPath(this, props.mounts ?? {}),
      () => requireWordList(this, "aliases", props.aliases ?? [], 'write e.g. ["db"]'),
      () => checkHealth(this, props.health),
    ]);
    for (const port of props.ports ?? []) publishPort(this, port);
    const { resource, ...references } = this.declare(props);
    this.containerName = references.containerName;
    this.containerId = references.containerId;
    this.imageId = references.imageId;
    this.resource = resource;
    this.ready = [resource];
    if (props.runsOnce) this.leaveUnstarted();
    describe(this, "container", () => ({ image: props.image.node.path, ports: props.ports ?? [] }));
  }

  /** Leaves to something else when it is started: it is only made. */
  leaveUnstarted(): void {
    this.resource.start = false;
    this.resource.mustRun = false;
  }

  private declare(props: ContainerProps) {
    const startFirst = props.replacement === "start-first";
    const memory = props.memoryMiB ?? DEFAULT_MEMORY_MIB;
    const grace = props.stopGraceSeconds ?? DEFAULT_STOP_GRACE_SECONDS;
    const settings = engineSettings(props);
    const engine = DockerEngine.of(this);
    const name = engine.nameFor(this);
    if (props.image.repository.pullAccess.kind !== "anonymous") engine.login(props.image.repository);
    const image = new DockerImage(this, "Image", {
      name: props.image.reference,
      keepLocally: true,
      platform: (props.platform ?? props.image.platform)?.toString(),
      dependsOn: pullableOnce(props.image),
    });
    const resource = new DockerContainer(this, "Resource", {
      ...engineAttributes(settings),
      name: startFirst ? `${name}-\${substr(uuid(), 0, 8)}` : name,
      image: image.imageId,
      command: props.command?.map(templateText),
      env: props.env && Object.entries(templateMap(props.env)).map(([key, value]) => `${key}=${value}`),
      restart: props.runsOnce ? "no" : "unless-stopped",
      memory,
      memorySwap: memory,
      cpus: props.cpus === undefined ? undefined : `${props.cpus}`,
      destroyGraceSeconds: grace,
      logDriver: "json-file",
      logOpts: { "max-file": "3", "max-size": "10m" },
      securityOpts: ["no-new-privileges:true"],
      networksAdvanced: props.network && [
        { name: props.network.networkName, aliases: props.aliases && [...props.aliases] },
      ],
      mounts: mountBlocks(props.mounts),
      ...(props.start === false && { start: false, mustRun: false, stopTimeout: grace }),
      ports: blocks(props.ports ?? [], (port) => ({
        internal: port.container,
        external: port.host,
        ip: port.address ?? "0.0.0.0",
        protocol: port.protocol,
      })),
      volumes: blocks(Object.entries(props.volumes ?? {}), ([containerPath, volume]) => ({
        containerPath,
        volumeName: volume.volumeName,
        readOnly: volume.isReadOnly,
      })),
      upload: blocks(Object.entries(props.files ?? {}), ([file, content]) => ({
        file,
        content: templateText(content),
      })),
      labels: labelBlocks({
        ...templateMap(settings.labels ?? {}),
        ...ownershipLabels(this),
        [SETTINGS_LABEL]: settingsDigest({
          command: props.command,
          env: props.env,
          health: props.health,
          // Only where a new container costs nothing: one that stops first would be away for it.
          memoryMiB: startFirst && memory !== DEFAULT_MEMORY_MIB ? memory : undefined,
          cpus: props.cpus,
          engine: keptByProvider(settings),
        }),
      }),
      ...(props.health
        ? {
            healthcheck: containerHealthBlock(props.health),
            wait: true,
            waitTimeout: props.health.deadlineSeconds ?? 60,
          }
        : {}),
      lifecycle: replacementLifecycle(props),
      dependsOn: props.dependsOn,
    });
    for (const [path, value] of Object.entries(overrides(settings))) resource.addOverride(path, value);
    return { resource, containerName: resource.name, containerId: resource.id, imageId: image.imageId };
  }

  private checkNetwork(network: INetwork | undefined): void {
    if (network !== undefined) requireKind(this, "network", network, NETWORK);
  }

  private checkEnv(env: Readonly<Record<string, string>>): void {
    requireTextMap(this, "env", env);
    const bad = Object.keys(env).find((name) => !/^[^=\s\0]+$/.test(name));
    if (bad === undefined) return;
    const rule = "must not be empty, nor hold = or white space";
    throw new ConstructError(this, "env", { subject: "variable name", rule, got: bad });
  }

  private checkVolumes(volumes: Readonly<Record<string, IVolume>>): void {
    if (typeof volumes !== "object" || Array.isArray(volumes)) {
      const remedy = 'write { "/var/lib/data": volume }';
      const rule = "must be a map of volumes by path";
      throw new ConstructError(this, "volumes", { subject: "volumes", rule, got: volumes, remedy });
    }
    for (const [path, volume] of Object.entries(volumes)) {
      if (!path.startsWith("/"))
        throw new ConstructError(this, "volumes", { subject: "path", rule: "must be absolute", got: path });
      requireKind(this, `volumes[${path}]`, volume, VOLUME);
    }
  }
}

/** Blocks of a resource; none at all where there is nothing, so that the synthesized text holds no empty lists. */
function blocks<T, B>(items: readonly T[], block: (item: T) => B): B[] | undefined {
  return items.length === 0 ? undefined : items.map(block);
}
