import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Platform } from "../values/platform.ts";
import { stackNames, unknownStack } from "./stack-names.ts";

/** A port of the engine's machine that a container of the stack publishes. */
export interface PublishedPort {
  readonly port: number;
  readonly address: string;
  readonly protocol: string;
  /** The construct path of who wants it. */
  readonly wantedBy: string;
}

/** An image that is built. */
export interface ImageBuild {
  /** The construct path of who builds it. */
  readonly path: string;
  /** Empty for the engine's own. */
  readonly platforms: readonly Platform[];
  /** The text of its Dockerfile; undefined where that is in a context that is kept elsewhere. */
  readonly dockerfile?: string;
  /** Present where a step of the apply builds it by `docker buildx`. */
  readonly buildx?: {
    /** @default - the one that the machine uses */
    readonly builder?: string;
    /** What of it not every builder can do, for people; may be empty. */
    readonly needs: string;
  };
}

interface Block {
  readonly "//"?: { readonly metadata?: { readonly path?: string } };
  readonly [property: string]: unknown;
}

/** The environment that a step of the apply declares; values may be references. */
export type Told = Readonly<Record<string, string | undefined>>;

interface Document {
  readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
  readonly provider?: { readonly docker?: readonly Block[]; readonly aws?: readonly Block[] };
  readonly resource?: Record<string, Record<string, Block>>;
  readonly output?: Record<string, unknown>;
}

/** What synth wrote for one stack, as far as the terminal's verbs look into it. */
export class SynthesizedStack {
  /** What the app just declared. @param directory the app's output folder @throws when it has no stack of that name */
  static read(directory: string, name: string): SynthesizedStack {
    const problem = unknownStack(name, stackNames(directory));
    if (problem !== undefined) throw new Error(problem);
    return SynthesizedStack.recall(directory, name) as SynthesizedStack;
  }

  /** What any earlier synth left of a stack, which the app may have dropped since; undefined when none did. */
  static recall(directory: string, name: string): SynthesizedStack | undefined {
    const folder = join(directory, "stacks", name);
    const file = join(folder, "cdk.tf.json");
    return existsSync(file) ? new SynthesizedStack(name, folder, JSON.parse(readFileSync(file, "utf8"))) : undefined;
  }

  constructor(
    readonly name: string,
    readonly folder: string,
    private readonly document: Document,
  ) {}

  /** What constructs had to say about what is declared, each line after its construct's path. */
  get warnings(): string[] {
    const manifest = join(dirname(dirname(this.folder)), "manifest.json");
    if (!existsSync(manifest)) return [];
    const { annotations = [] } = JSON.parse(readFileSync(manifest, "utf8")).stacks?.[this.name] ?? {};
    return (annotations as { constructPath: string; level: string; message: string }[])
      .filter(({ level }) => /warn|error/i.test(level))
      .map(({ constructPath, message }) => `${constructPath}: ${message}`);
  }

  /** The `terraform` block: what an init depends on. */
  get settings(): unknown {
    return this.document.terraform;
  }

  /** Where the state lies, relative to the folder, when the backend is local. */
  get localStatePath(): string | undefined {
    const backend = this.document.terraform?.backend;
    return backend && !backend.local ? undefined : (backend?.local?.path ?? "terraform.tfstate");
  }

  get ports(): PublishedPort[] {
    return this.blocks("docker_container").flatMap(({ path, block }) =>
      list(block.ports)
        .filter(({ external }) => typeof external === "number" && external > 0)
        .map(({ external, ip, protocol }) => ({
          port: Number(external),
          address: typeof ip === "string" && ip !== "" ? ip : "0.0.0.0",
          protocol: typeof protocol === "string" ? protocol : "tcp",
          wantedBy: path,
        })),
    );
  }

  /** The registries that the stack pushes to or reads from and does not run itself, as `http(s)://host[:port]`. */
  get existingRegistries(): string[] {
    const own = new Set(this.ports.map(({ port }) => String(port)));
    return this.registries.filter((url) => {
      const { hostname, port } = new URL(url);
      return !(isLoopback(hostname) && own.has(port));
    });
  }

  /** `host:port` of the registries that the stack runs itself. */
  get ownRegistries(): string[] {
    const existing = new Set(this.existingRegistries);
    return this.registries.filter((url) => !existing.has(url)).map((url) => new URL(url).host);
  }

  /** The engine's address, where the stack declares one. */
  get engineHost(): string | undefined {
    const host = list(this.document.provider?.docker).find(({ alias }) => alias === undefined)?.host;
    return typeof host === "string" ? host : undefined;
  }

  /** Where on AWS the stack deploys to, when it does. */
  get aws(): { readonly region: string; readonly profile?: string; readonly role?: string } | undefined {
    const [provider] = list(this.document.provider?.aws);
    if (typeof provider?.region !== "string") return undefined;
    const { region, profile } = provider;
    const role = list(provider.assume_role)[0]?.role_arn;
    return {
      region,
      ...(typeof profile === "string" ? { profile } : {}),
      ...(typeof role === "string" ? { role } : {}),
    };
  }

  /** Names of the images that the stack only pulls, so that they are not its own. */
  get pulledImages(): string[] {
    return this.blocks("docker_image")
      .filter(({ block }) => block.build === undefined && typeof block.name === "string")
      .map(({ block }) => block.name as string);
  }

  /** The images that the stack builds: by the provider, or by a step with docker buildx. */
  get builds(): ImageBuild[] {
    const byProvider = this.blocks("docker_image").flatMap(({ path, block }) =>
      list(block.build).map((build) => this.build(path, build.context, build.dockerfile, build.platform)),
    );
    const bySteps = this.steps
      .filter(({ told }) => told.SLIPWAY_DOCKERFILE !== undefined)
      .map(({ path, told }) => ({
        ...this.build(path, told.SLIPWAY_CONTEXT, told.SLIPWAY_DOCKERFILE, told.SLIPWAY_PLATFORMS),
        buildx: { builder: told.SLIPWAY_BUILDER, needs: told.SLIPWAY_NEEDS ?? "" },
      }));
    return [...byProvider, ...bySteps];
  }

  /** The steps that put secrets of the deployer's before containers, each once: the command, and what it is told. */
  get secretSteps(): { readonly command: string; readonly told: Told }[] {
    return this.steps.filter(({ command, told }) => told.SLIPWAY_SECRETS !== undefined && !command.endsWith(" verify"));
  }

  /** The containers whose successors start beside them, and which are to run: a host's services. */
  get startFirstContainers(): { readonly path: string; readonly address: string }[] {
    const containers = this.document.resource?.docker_container ?? {};
    return Object.keys(containers)
      .sort()
      .filter((name) => list(containers[name]?.lifecycle).some((lifecycle) => lifecycle.create_before_destroy === true))
      .filter((name) => containers[name]?.restart !== "no")
      .map((name) => `docker_container.${name}`)
      .map((address) => ({ path: ownerOf(this.pathOf(address)), address }));
  }

  /** The volumes of hosts that containers have, by their names on the engine. */
  get volumes(): string[] {
    const mounts = this.blocks("docker_container").flatMap(({ block }) => list(block.mounts));
    return mounts.filter(({ type }) => type === "volume").map(({ source }) => String(source));
  }

  /** The resources of a type: what Terraform calls each, and the construct that declares it. */
  resources(type: string): { readonly address: string; readonly path: string }[] {
    return this.blocks(type);
  }

  /** What is declared of a resource, by its address. */
  block(address: string): Block | undefined {
    const [type = "", name = ""] = address.split(".");
    return this.document.resource?.[type]?.[name];
  }

  /** The construct path of a resource address such as `docker_container.host_catalog_1A2B`; else the address itself. */
  pathOf(address: string): string {
    return this.block(address.replace(/\[.*$/, ""))?.["//"]?.metadata?.path ?? address;
  }

  private build(path: string, context: unknown, dockerfile: unknown, platforms: unknown): ImageBuild {
    return {
      path: ownerOf(path),
      platforms: typeof platforms === "string" ? platforms.split(",").map((each) => Platform.parse(each)) : [],
      ...(context === undefined
        ? {}
        : { dockerfile: readFileSync(join(this.folder, String(context), String(dockerfile)), "utf8") }),
    };
  }

  /** The steps of the apply, and what each is told by its environment. */
  get steps(): { path: string; command: string; told: Told }[] {
    return this.blocks("terraform_data").flatMap(({ path, block }) =>
      list(block.provisioner)
        .flatMap((provisioner) => list(provisioner["local-exec"]))
        .map(({ command, environment }) => ({ path, command: String(command), told: (environment ?? {}) as Told })),
    );
  }

  private get registries(): string[] {
    const addresses = list(this.document.provider?.docker)
      .flatMap((provider) => list(provider.registry_auth))
      .map(({ address }) => String(address));
    const urls = addresses.map((address) => (/^https?:\/\//.test(address) ? address : `https://${address}`));
    return [...new Set(urls)].sort();
  }

  private blocks(type: string): { path: string; block: Block; address: string }[] {
    const blocks = this.document.resource?.[type] ?? {};
    return Object.keys(blocks)
      .sort()
      .map((name) => `${type}.${name}`)
      .map((address) => ({
        address,
        path: this.pathOf(address),
        block: blocks[address.slice(type.length + 1)] as Block,
      }));
  }
}

/** The construct that a resource stands for: the child that carries its meaning is called `Resource`. */
function ownerOf(path: string): string {
  return path.replace(/\/Resource$/, "");
}

/** Whether a host name is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127\./.test(hostname);
}

/** Terraform's JSON writes a single block as itself or as a list of one. */
function list(value: unknown): Block[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]) as Block[];
}
