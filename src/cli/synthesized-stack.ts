import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { declaredHosts } from "./declared-hosts.ts";
import { DeclaredResources, type Document, list, ownerOf, type Told } from "./declared-resources.ts";
import { type ImageBuild, imageBuilds } from "./image-build.ts";
import { stackNames, unknownStack } from "./stack-names.ts";

/** A port of the engine's machine that a container of the stack publishes. */
export interface PublishedPort {
  readonly port: number;
  readonly address: string;
  readonly protocol: string;
  /** The construct path of who wants it. */
  readonly wantedBy: string;
}

/** What synth wrote for one stack, as far as the terminal's verbs look into it. */
export class SynthesizedStack extends DeclaredResources {
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
    document: Document,
  ) {
    super(document);
  }

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

  /** The servers that it tells by ssh, by their addresses. */
  get servers(): string[] {
    return declaredHosts(this).flatMap((host) => (host.kind === "ssh" ? (host.connection.SLIPWAY_ADDRESS ?? []) : []));
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

  /** The images that the stack builds. */
  get builds(): ImageBuild[] {
    return imageBuilds(this, this.folder);
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

  private get registries(): string[] {
    const addresses = list(this.document.provider?.docker)
      .flatMap((provider) => list(provider.registry_auth))
      .map(({ address }) => String(address));
    const urls = addresses.map((address) => (/^https?:\/\//.test(address) ? address : `https://${address}`));
    return [...new Set(urls)].sort();
  }
}

/** Whether a host name is this machine's own. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127\./.test(hostname);
}
