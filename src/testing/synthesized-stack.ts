import type { IConstruct } from "constructs";
import type { IHost } from "../hosts/host.ts";
import { type Model, type ModelHost, type ModelRelease, type ModelStatement, readModel } from "../review/model.ts";
import type { Finding } from "../terraform/stack-description.ts";
import type { TrialSynth } from "../terraform/trial-synth.ts";
import { nearest } from "../values/known-options.ts";
import { type RoutedRequest, type RouteOptions, routedRequest } from "./routed-request.ts";
import { readResources, type SynthesizedResource, type TerraformDocument } from "./synthesized-resource.ts";

/** A host's construct, its path from the stack on, e.g. `shop/host`, or its id; nothing where the stack has but one. */
export type HostName = IConstruct | string;

/** What a stack has been synthesized to, for tests to ask. */
export class SynthesizedStack {
  /** What the stack declares, as plain data: images, hosts, releases, ports, permissions, prices. */
  readonly model: Model;
  /** What Terraform reads, as text. */
  readonly json: string;
  /** The stack's folder. It is there no more unless `outdir` was given. */
  readonly directory: string;
  /** Out of sight, as the next: whoever prints or compares this would walk the whole tree. */
  readonly #stack: TrialSynth["stack"];
  readonly #all: readonly SynthesizedResource[];

  /** Made by `synthesize`. */
  constructor({ stack, description, json, directory }: TrialSynth) {
    this.#stack = stack;
    this.model = readModel(description);
    this.json = json;
    this.directory = directory;
    this.#all = readResources(JSON.parse(json) as TerraformDocument);
  }

  /** What the synth warns of, and what it has to say else. Errors end the synth itself, so that `synthesize` throws them. */
  get problems(): readonly Finding[] {
    return this.model.findings;
  }

  /**
   * The resources of `type`, e.g. `aws_instance`, or the data sources, e.g. `data.aws_ami`, in Terraform's own words.
   * @param type @default - all
   */
  resources(type?: string): readonly SynthesizedResource[] {
    return type === undefined ? this.#all : this.#all.filter((each) => each.address.startsWith(`${type}.`));
  }

  /**
   * The resources of a construct and of all that it is made of.
   *
   * @param construct Itself or its path from the stack on, e.g. `shop/host`
   * @throws for a construct that the stack does not have
   */
  find(construct: IConstruct | string): readonly SynthesizedResource[] {
    const path = typeof construct === "string" ? construct : construct.node.path;
    if (!this.constructAt(path)) throw this.noConstruct(path);
    return this.#all.filter((each) => each.path === path || each.path.startsWith(`${path}/`));
  }

  /** What a host serves; each image by the path of its construct, and what the apply alone knows by Terraform's reference. */
  release(host?: HostName): ModelRelease {
    return this.host(host).release;
  }

  /**
   * What becomes of a request for `url`: the service that gets it and the path that it gets, or the reason why none does.
   * It is read out of the text that the host's Nginx is told, by Nginx's own rules. A port is compared where `url` has one.
   *
   * @throws for what is no URL, and where two hosts serve the name and `host` does not say which is asked
   */
  route(url: string, options: RouteOptions & { readonly host?: HostName } = {}): RoutedRequest {
    const { host, ...how } = options;
    const at = host === undefined ? undefined : this.host(host).path;
    const { fleets = [] } = this.model;
    // of a fleet one stands for all
    const others = new Set(
      fleets.flatMap((fleet) =>
        fleet.hosts.filter((path) => path !== at).slice(at?.startsWith(`${fleet.path}/`) ? 0 : 1),
      ),
    );
    const asked = this.model.hosts.filter(({ path }) => !others.has(path));
    const hosts = asked.map(({ path, release }) => ({
      path,
      nginx: this.constructAt(path)?.nginx,
      ports: new Map(release.services.map(({ name, port }) => [name, port])),
    }));
    return routedRequest(url, hosts, { ...how, at });
  }

  /** What a host's own role allows it. */
  permissions(host?: HostName): readonly ModelStatement[] {
    return this.host(host).permissions;
  }

  /** What the deployer must be allowed to do. */
  get deployerPermissions(): readonly ModelStatement[] {
    return this.model.deployer;
  }

  /** What a host's machine gets at its launch, decoded. @throws for a host that gets nothing */
  userData(host?: HostName): string {
    const { path } = this.host(host);
    for (const { values } of this.find(path)) {
      if (typeof values.user_data_base64 === "string") return Buffer.from(values.user_data_base64, "base64").toString();
      if (typeof values.user_data === "string") return values.user_data;
    }
    throw new Error(`${path} has no user data`);
  }

  /**
   * The texts that a host's Nginx is told, by file name. A name with TLS on a NanoHost has three, of which the host takes the
   * one that is true: `NAME.before.conf`, `NAME.secured.conf`, `NAME.lost.conf`.
   */
  nginx(host?: HostName): Readonly<Record<string, string>> {
    const { path } = this.host(host);
    const texts = this.constructAt(path)?.nginx;
    if (texts) return texts.files;
    throw new Error(`${path} has no Nginx of Slipway's`);
  }

  private constructAt(path: string): IHost | undefined {
    return this.#stack.node.findAll().find(({ node }) => node.path === path) as IHost | undefined;
  }

  private noConstruct(path: string): Error {
    const { stack } = this.model;
    const paths = this.#stack.node.findAll().map(({ node }) => node.path);
    const near = paths.find((each) => each === `${stack}/${path}`) ?? nearest(path, paths);
    return new Error(`${stack} has no construct ${path}${near ? `: did you mean ${near}?` : ""}`);
  }

  private host(asked?: HostName): ModelHost {
    const { hosts, stack } = this.model;
    const paths = hosts.map(({ path }) => path);
    const declared = paths.join(", ") || "none";
    if (asked === undefined) {
      if (hosts.length === 1) return hosts[0] as ModelHost;
      throw new Error(
        hosts.length === 0 ? `${stack} has no host` : `${stack} has ${hosts.length} hosts, say which: ${declared}`,
      );
    }
    const name = typeof asked === "string" ? asked : asked.node.path;
    const found = hosts.find(({ path }) => path === name || path.endsWith(`/${name}`));
    if (found) return found;
    const near = nearest(name, paths);
    throw new Error(`${stack} has no host ${name}: ${near ? `did you mean ${near}?` : `it has ${declared}`}`);
  }
}
