import type { HostFit } from "../release/fit.ts";
import type { Task } from "../release/task.ts";
import type { TlsSource } from "../release/tls.ts";
import type { Description, Finding, StackDescription } from "../terraform/stack-description.ts";
import type { MountData } from "../values/mount.ts";
import type { SecretSource } from "../values/secret-source.ts";

/** An image that is built, or pulled from where others keep it. */
export interface ModelImage {
  readonly path: string;
  readonly repository: string;
  /** The version that is declared for it. */
  readonly version?: string;
  /** The folder that it is built from, or where that is kept; absent for one that is only pulled. */
  readonly context?: string;
  /** What it was built from; absent for one that is only pulled. */
  readonly contentId?: string;
  /** Where another environment serves it by this digest, of one that is promoted. */
  readonly promotedFrom?: string;
  /** As it is declared, of one that is only pulled. */
  readonly declared?: string;
  /** By digest, where synth knows it; else what Terraform will ask for. */
  readonly reference: string;
  readonly tags?: readonly string[];
  readonly platforms: readonly string[];
  readonly baseImages?: readonly { readonly name: string; readonly digest?: string }[];
  readonly exposedPorts?: readonly number[];
  /** The stage of its Dockerfile, where it is not the last. */
  readonly target?: string;
  /** By which key it is signed: its file, or its ARN; absent where it is not signed. */
  readonly signedBy?: string;
  /** Where the password is kept by which hosts pull it; absent where they need none of their own. */
  readonly pullLogin?: SecretSource;
}

/** What makes an image another one: what it was built from, or the digest where that alone is known, or is what was tried. */
export function identityOf({ promotedFrom, contentId, reference }: ModelImage): string {
  return promotedFrom === undefined ? (contentId ?? reference) : reference;
}

/** A container of a release, as plain data: a service, a task or a schedule. */
export interface ModelContainer {
  readonly name: string;
  /** The path of its image's construct. */
  readonly image: string;
  readonly secrets: Readonly<Record<string, SecretSource>>;
  readonly memoryMiB: number;
  readonly [option: string]: unknown;
}

/** What runs to its end before a release. */
export type ModelTask = ModelContainer & Pick<Task, "timeoutSeconds" | "before">;

/** What runs again and again. */
export interface ModelSchedule extends ModelContainer {
  readonly cron: string;
}

/** A service of a release, as plain data. */
export interface ModelService extends ModelContainer {
  readonly port?: number;
  readonly health: Readonly<Record<string, unknown>>;
  readonly mounts?: Readonly<Record<string, MountData>>;
}

/** A site of a release, as plain data. */
export interface ModelSite {
  readonly name: string;
  readonly routes: readonly { readonly path: string; readonly to: Readonly<Record<string, unknown>> }[];
  readonly proxy: Readonly<Record<string, unknown>>;
  readonly tls?: TlsSource;
  readonly basicAuth?: { readonly users: Readonly<Record<string, SecretSource>> };
  readonly [option: string]: unknown;
}

/** What a host serves, as plain data. */
export interface ModelRelease {
  readonly services: readonly ModelService[];
  readonly sites: readonly ModelSite[];
  readonly tasks?: readonly ModelTask[];
  readonly schedules?: readonly ModelSchedule[];
  readonly drainSeconds: number;
  readonly [part: string]: unknown;
}

/** The peer that is the whole Internet. */
export const ANY_ADDRESS = "0.0.0.0/0";

/** Whether a port is open to programs of the same machine alone. */
export function isOwnMachine(peer: string): boolean {
  return /^(127\.|::1 )/.test(peer);
}

/** What a port is open for, and to whom. */
export interface ModelPort {
  readonly protocol: string;
  /** Of ICMP the type. */
  readonly port: number;
  readonly peer: string;
  readonly description: string;
}

/** Whether it is a port that something answers at: ICMP has types and no ports. */
export function isPort({ protocol }: Pick<ModelPort, "protocol">): boolean {
  return protocol !== "icmp";
}

/** What is open, for people, e.g. `tcp 443`. */
export function portName({ protocol, port }: Pick<ModelPort, "protocol" | "port">): string {
  return isPort({ protocol }) ? `${protocol} ${port}` : `${protocol} type ${port}`;
}

/** What somebody may do. */
export interface ModelStatement {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: unknown;
}

/** Dollars a month, by part. */
export interface ModelPrice {
  /** The sum of the parts; absent where a part of it is not known in the host's region. */
  readonly total?: number;
  /** What may come on top at worst. */
  readonly surplus?: number;
  /** As of when the list price of the instance is. */
  readonly asOf?: string;
  readonly [part: string]: number | string | undefined;
}

/** A host and what it serves. */
export interface ModelHost {
  readonly path: string;
  /** Facts about its machine that a release is no part of; one that changes is another machine. */
  readonly machine: Readonly<Record<string, unknown>>;
  readonly release: ModelRelease;
  /** Ports that are open from outside. */
  readonly opened: readonly ModelPort[];
  /** What it may connect to. */
  readonly outbound: readonly ModelPort[];
  /** What its own role allows it. */
  readonly permissions: readonly ModelStatement[];
  readonly price?: ModelPrice;
  /** What the host has against what is declared of it; absent for kinds that do not know. */
  readonly fit?: HostFit;
  readonly region?: string;
  /** The account that it stands in, where it stands in one. */
  readonly account?: string;
}

/** Several hosts that are alike behind one name. */
export interface ModelFleet {
  readonly path: string;
  /** The paths of its hosts, in the order in which a release goes to them. */
  readonly hosts: readonly string[];
  /** What leads visitors to them. */
  readonly entry: string;
  /** The longest that visitors are sent to a host that is lost. */
  readonly lostHostSeconds: number;
  /** Ports that are open from outside in front of its hosts. */
  readonly opened: readonly ModelPort[];
  readonly region?: string;
  /** Beside that of its hosts. */
  readonly price?: ModelPrice;
  readonly [fact: string]: unknown;
}

/** What a stack declares, read from the words of its constructs: what the page, the tests and every `--json` stand on. */
export interface Model {
  readonly stack: string;
  readonly images: readonly ModelImage[];
  readonly repositories: readonly Description[];
  readonly registries: readonly Description[];
  readonly hosts: readonly ModelHost[];
  /** @default - none */
  readonly fleets?: readonly ModelFleet[];
  /** Ports of the engine's machine that are open beside the hosts', e.g. a registry's. */
  readonly published: readonly ModelPort[];
  /** What the deployer must be allowed to do. */
  readonly deployer: readonly ModelStatement[];
  readonly findings: readonly Finding[];
}

/** The model of what a synth described. @throws for a description of another form than this release of Slipway writes */
export function readModel(description: StackDescription): Model {
  if (description.format !== 1)
    throw new Error(
      `the description of ${description.stack} has the form ${description.format}, which this Slipway does not know: synthesize it anew`,
    );
  const { stack, constructs, findings } = description;
  const of = (kind: string) => constructs.filter((each) => each.kind === kind);
  const fleets = of("fleet").map(({ kind: _, ...fleet }) => fleet as unknown as ModelFleet);
  return {
    stack,
    images: of("image").map(({ kind: _, ...image }) => image as unknown as ModelImage),
    repositories: of("repository"),
    registries: of("registry"),
    hosts: of("host").map((host) => readHost(host, constructs, fleets)),
    ...(fleets.length > 0 && { fleets }),
    published: constructs
      .filter(({ path }) => !of("host").some((host) => path.startsWith(`${host.path}/`)))
      .flatMap(publishedPorts),
    deployer: of("account").flatMap(({ deployer }) => deployer as ModelStatement[]),
    findings,
  };
}

function readHost(host: Description, constructs: readonly Description[], fleets: readonly ModelFleet[]): ModelHost {
  const { path, kind: _, release, price, region, fit, ...machine } = host;
  const parts = constructs.filter((each) => each.path.startsWith(`${path}/`));
  const rules = parts
    .filter(({ kind }) => kind === "firewall")
    .flatMap((firewall) => firewall.rules as (ModelPort & { readonly direction: string })[]);
  const ruled = (direction: string) =>
    rules.filter((rule) => rule.direction === direction).map(({ direction: __, ...port }) => port);
  return {
    path,
    machine,
    release: release as ModelRelease,
    opened: [
      ...ruled("in"),
      ...fleets.filter(({ hosts }) => hosts.includes(path)).flatMap(({ opened }) => opened),
      ...parts.flatMap(publishedPorts),
    ],
    outbound: ruled("out"),
    permissions: parts.filter(({ kind }) => kind === "role").flatMap((role) => role.statements as ModelStatement[]),
    ...(price === undefined ? {} : { price: price as ModelPrice }),
    ...(fit === undefined ? {} : { fit: fit as HostFit }),
    ...(region === undefined ? {} : { region: region as string, ...accountIn(constructs) }),
  };
}

/** A stack deploys to one account. */
function accountIn(constructs: readonly Description[]): Pick<ModelHost, "account"> {
  const account = constructs.find(({ kind }) => kind === "account")?.account;
  return account === undefined ? {} : { account: account as string };
}

/** Those of a container, e.g. of a host's Nginx. */
function publishedPorts({ kind, ports, path }: Description): ModelPort[] {
  if (kind !== "container") return [];
  return (ports as { host: number; address?: string; protocol: string }[]).map(({ host, address, protocol }) => ({
    protocol,
    port: host,
    peer: address === undefined || ["0.0.0.0", "::"].includes(address) ? ANY_ADDRESS : `${address} alone`,
    description: path,
  }));
}
