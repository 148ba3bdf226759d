import type { HostFit } from "../release/fit.ts";
import type { Finding } from "../terraform/stack-description.ts";
import {
  compareSchedules,
  compareServices,
  compareTasks,
  type RunChange,
  type ServiceChange,
  type Side,
} from "./container-changes.ts";
import {
  dataOf,
  hostSettings,
  type KeptData,
  monthlyPriceOf,
  type Named,
  permissionsOf,
  pinsOf,
  routesOf,
  secretsOf,
  settingsOf,
} from "./declared-lists.ts";
import { changedProperties, type Difference, differences } from "./difference.ts";
import { compareFleets, type FleetChange } from "./fleet-changes.ts";
import { type MachineCertificates, machineCertificates } from "./machine-certificates.ts";
import { compareMachines, type MachineEffect } from "./machine-change.ts";
import type { Model, ModelHost, ModelImage, ModelPort, ModelSite, ModelStatement } from "./model.ts";
import type { PriceChange } from "./price-change.ts";

/** What becomes of one host. */
export interface HostChange {
  readonly path: string;
  readonly effect: MachineEffect;
  readonly why: readonly string[];
  readonly services: readonly ServiceChange[];
  readonly tasks: readonly RunChange[];
  readonly schedules: readonly RunChange[];
  /** Names and paths of what answers differently, with what answers. */
  readonly routes: readonly Difference<Named>[];
  readonly sites: readonly SiteChange[];
  /** Settings of the host's release as a whole that changed, e.g. `trustedProxies`. */
  readonly settings: readonly string[];
  readonly opened: readonly Difference<ModelPort>[];
  readonly outbound: readonly Difference<ModelPort>[];
  readonly permissions: readonly Difference<string>[];
  readonly secrets: readonly Difference<Named>[];
  readonly data: readonly Difference<KeptData>[];
  /** Certificates that go with its machine; absent where there are none, or where they outlive it. */
  readonly certificates?: MachineCertificates;
  /** Where it is paid for; absent for what costs nothing. */
  readonly region?: string;
  readonly price: PriceChange;
  readonly fit: FitChange;
}

/** A site that is new or gone, or has other settings than its routes. */
export interface SiteChange {
  readonly name: string;
  /** How it is or was served; absent where it is not there. */
  readonly before?: string;
  readonly after?: string;
  /** Which settings of one that stays. */
  readonly why: readonly string[];
}

/** What a host has against what is declared of it now, as far as that is not as it was. */
export type FitChange = Partial<Pick<HostFit, "memory" | "disk">>;

/** What becomes of one image. */
export interface ImageChange extends Difference<ModelImage> {
  /** Base images whose pins moved. */
  readonly bases: readonly Difference<Named>[];
}

/** What two declarations of one stack differ in. */
export interface Comparison {
  readonly stack: string;
  readonly hosts: readonly HostChange[];
  /** @default - none */
  readonly fleets?: readonly FleetChange[];
  readonly images: readonly ImageChange[];
  /** Ports of the engine's machine that are opened or closed beside the hosts', e.g. a registry's. */
  readonly published: readonly Difference<ModelPort>[];
  readonly deployer: readonly Difference<string>[];
  /** What the synth has to say now and did not say before. */
  readonly findings: readonly Finding[];
}

const NOTHING: Omit<Model, "stack"> = {
  images: [],
  repositories: [],
  registries: [],
  hosts: [],
  published: [],
  deployer: [],
  findings: [],
};

/** What `after` changes of `before`; without one, everything is new. */
export function compare(before: Model | undefined, after: Model): Comparison {
  const old = before ?? { stack: after.stack, ...NOTHING };
  const paths = [...new Set([...old.hosts, ...after.hosts].map(({ path }) => path))].sort();
  const said = new Set(old.findings.map((finding) => JSON.stringify(finding)));
  const fleets = compareFleets(old, after);
  const side = (model: Model, path: string) => ({ model, host: model.hosts.find((host) => host.path === path) });
  return {
    stack: after.stack,
    hosts: paths.map((path) => compareHosts(path, side(old, path), side(after, path))),
    ...(fleets.length > 0 && { fleets }),
    images: differences(old.images.map(asBuilt), after.images.map(asBuilt), ({ path }) => path).map((change) => ({
      ...change,
      bases: change.before && change.after ? named(pinsOf(change.before), pinsOf(change.after)) : [],
    })),
    published: differences(old.published, after.published, portKey),
    deployer: compareStatements(old.deployer, after.deployer),
    findings: after.findings.filter((finding) => !said.has(JSON.stringify(finding))),
  };
}

/** Without where it is built from: a folder that moves makes no other image, and an earlier release did not say it. */
function asBuilt({ context: _, ...image }: ModelImage): ModelImage {
  return image;
}

function compareHosts(path: string, before: Side, after: Side): HostChange {
  const [old, now] = [before.host, after.host];
  const certificates = machineCertificates(old, now);
  return {
    path,
    ...compareMachines(old, now),
    services: compareServices(before, after),
    tasks: compareTasks(before, after),
    schedules: compareSchedules(before, after),
    routes: named(routesOf(old), routesOf(now)),
    sites: compareSites(old, now),
    settings: old && now ? changedProperties(hostSettings(old), hostSettings(now)) : [],
    opened: differences(old?.opened ?? [], now?.opened ?? [], portKey),
    outbound: differences(old?.outbound ?? [], now?.outbound ?? [], portKey),
    permissions: compareStatements(old?.permissions ?? [], now?.permissions ?? []),
    secrets: named(secretsOf(old, before.model), secretsOf(now, after.model)),
    data: withTheirDisk(differences(dataOf(old), dataOf(now), ({ name }) => name)),
    ...(certificates && { certificates }),
    ...((now ?? old)?.region === undefined ? {} : { region: (now ?? old)?.region }),
    price: { ...totalOf("before", old), ...totalOf("after", now), ...surplusOf(now) },
    fit: compareFit(old?.fit, now?.fit),
  };
}

function compareSites(old: ModelHost | undefined, now: ModelHost | undefined): SiteChange[] {
  return differences(old?.release.sites ?? [], now?.release.sites ?? [], ({ name }) => name)
    .map(({ key, before, after }) => ({
      name: key,
      ...(before && { before: protocolOf(before) }),
      ...(after && { after: protocolOf(after) }),
      why: before && after ? changedProperties(settingsOf(before), settingsOf(after)) : [],
    }))
    .filter(({ before, after, why }) => !before || !after || why.length > 0);
}

function protocolOf({ tls }: ModelSite): string {
  return tls === undefined ? "HTTP" : `TLS, ${tls.kind}`;
}

/** Volumes lie on the data volume where a host has one, and go with it. */
function withTheirDisk(changes: readonly Difference<KeptData>[]): Difference<KeptData>[] {
  const isGone = changes.some(({ before, after }) => before?.deletedByTerraform && after === undefined);
  return changes.map((change) =>
    isGone && change.before ? { ...change, before: { ...change.before, deletedByTerraform: true } } : change,
  );
}

function named(before: readonly Named[], after: readonly Named[]): Difference<Named>[] {
  return differences(before, after, ({ name }) => name);
}

const portKey = ({ protocol, port, peer }: ModelPort) => `${protocol} ${port} ${peer}`;

function compareStatements(before: readonly ModelStatement[], after: readonly ModelStatement[]): Difference<string>[] {
  return differences(permissionsOf(before), permissionsOf(after), String);
}

function compareFit(old: HostFit | undefined, now: HostFit | undefined): FitChange {
  if (!now) return {};
  const differs = (before: unknown, after: unknown) => JSON.stringify(before) !== JSON.stringify(after);
  return {
    ...(differs(old?.memory, now.memory) && { memory: now.memory }),
    ...(differs(old?.disk, now.disk) && { disk: now.disk }),
  };
}

function totalOf(side: "before" | "after", host: ModelHost | undefined): { before?: number; after?: number } {
  const total = host && monthlyPriceOf(host);
  return total === undefined ? {} : { [side]: total };
}

function surplusOf(host: ModelHost | undefined): Pick<PriceChange, "surplus" | "asOf"> {
  const { surplus, asOf } = host?.price ?? {};
  return { ...(surplus !== undefined && { surplus }), ...(asOf !== undefined && { asOf }) };
}
