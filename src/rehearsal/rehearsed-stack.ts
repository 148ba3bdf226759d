import { DeployedDescription } from "../cli/deployed-description.ts";
import { SynthesizedStack } from "../cli/synthesized-stack.ts";
import { ANY_ADDRESS, type Model, type ModelHost, type ModelSite, readModel } from "../review/model.ts";
import { type EmulatedAcme, emulatedAcme, pageOf, type SecuredName, securedNames } from "./acme-sources.ts";
import { architectureOf } from "./doubles/launched-type.ts";
import type { KnownImage } from "./doubles/published-images.ts";
import { type KeptSource, REHEARSED_ACCOUNT_KEY } from "./kept-secrets.ts";

/** A page of a stack. */
export interface RehearsedPage {
  readonly name: string;
  readonly path: string;
}

/** What a nano has in all, and what of it is left for what the stand-in runs beside Ubuntu's own. */
const NANO_MIB = 512;
const SERIAL = /\/ubuntu\/server\/24\.04\/stable\/(\d{8}(?:\.\d+)?)\//;

/** What a stack declares, as far as a rehearsal must know it before it can play it. */
export class RehearsedStack {
  static read(folder: string, name: string): RehearsedStack {
    const stack = SynthesizedStack.read(folder, name);
    const { declared } = new DeployedDescription(stack);
    return new RehearsedStack(stack, declared && readModel(declared), accountOf(declared?.constructs ?? []));
  }

  constructor(
    readonly synthesized: SynthesizedStack,
    private readonly model: Model | undefined,
    /** Where it deploys to; absent for a stack that is not of AWS. */
    readonly place: { readonly account: string; readonly region: string } | undefined,
  ) {}

  get name(): string {
    return this.synthesized.name;
  }

  /** The hosts on AWS, those that serve a name first. */
  get hosts(): readonly ModelHost[] {
    const hosts = (this.model?.hosts ?? []).filter(({ region }) => region !== undefined);
    return [...hosts].sort((a, b) => Number(b.release.sites.length > 0) - Number(a.release.sites.length > 0));
  }

  get sites(): readonly ModelSite[] {
    return this.hosts.flatMap(({ release }) => release.sites);
  }

  /** The page of a site of that name; of the first one with a name in full that is served, unless one is given. */
  page(name?: string): RehearsedPage | undefined {
    const visited = (site: ModelSite) => !site.name.startsWith("*");
    const site = this.sites.find((each) => (name === undefined ? visited(each) : each.name === name));
    return site && { name: site.name, path: pageOf(site) };
  }

  /** The ACME servers that it asks for certificates; absent where it asks none. */
  get acme(): EmulatedAcme | undefined {
    return emulatedAcme(this.sites);
  }

  /** Every name that is served by TLS with a certificate of an ACME server. */
  get secured(): SecuredName[] {
    return securedNames(this.sites);
  }

  /** The TCP ports that everybody may reach. */
  get ports(): number[] {
    const open = this.hosts.flatMap(({ opened }) => opened);
    const ports = open.filter(({ protocol, peer }) => protocol === "tcp" && peer === ANY_ADDRESS);
    return [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b);
  }

  /** How many machines it launches. */
  get machines(): number {
    return this.instances.length;
  }

  /** Types of its instances, as far as they are literal. */
  get instanceTypes(): string[] {
    return [...new Set(this.instances.map(({ instance_type: type }) => String(type)))].sort();
  }

  /** Whether its containers are of a processor that this machine has to learn: arm64 on an x86-64 one. */
  get needsEmulation(): boolean {
    return process.arch !== "arm64" && this.instanceTypes.some((type) => architectureOf(type) === "arm64");
  }

  /** Serials of Ubuntu's machine images that it looks up. */
  get serials(): string[] {
    const names = this.synthesized.lookups("aws_ssm_parameter").map(({ name }) => String(name));
    return [...new Set(names.flatMap((name) => SERIAL.exec(name)?.[1] ?? []))].sort();
  }

  /** Machine images that it names by their ids. */
  get machineImages(): KnownImage[] {
    const known = this.instances
      .filter(({ ami }) => /^ami-[0-9a-f]+$/.test(String(ami)))
      .map(({ ami, instance_type: type }) => [String(ami), architectureOf(String(type))] as const);
    return [...new Map(known)].map(([id, architecture]) => ({ id, architecture }));
  }

  /**
   * What its machines have, when a nano has `nanoMiB`: the rest of a nano is the kernel's and Ubuntu's own, and so it is
   * of a larger one.
   */
  memoryMiB(nanoMiB: number): number {
    const whole = this.hosts.map(({ fit }) => fit?.memory?.rows[0]?.mib ?? NANO_MIB);
    return nanoMiB + Math.max(NANO_MIB, ...whole) - NANO_MIB;
  }

  /** The ids of Route 53's zones that get its records and that it does not make itself, each with a name in it. */
  get zones(): { readonly id: string; readonly record: string }[] {
    const records = this.synthesized.blocks("aws_route53_record").map(({ block }) => block);
    const known = records
      .filter(({ zone_id: id }) => /^Z[A-Z0-9]+$/.test(String(id)))
      .map(({ zone_id: id, name }) => [String(id), String(name)] as const);
    return [...new Map(known)].map(([id, record]) => ({ id, record }));
  }

  /** The secrets that its hosts read and that it does not make itself. */
  get secrets(): KeptSource[] {
    const own = ["aws_ssm_parameter", "aws_secretsmanager_secret"]
      .flatMap((type) => this.synthesized.blocks(type))
      .map(({ block }) => block.name);
    return this.hosts.flatMap(secretsOf).filter(({ id }) => !id.includes("${") && !own.includes(id));
  }

  /** Sites whose certificates are kept somewhere, by name. */
  get ownCertificates(): string[] {
    return this.sites.filter(({ tls }) => tls?.kind === "certificate").map(({ name }) => name);
  }

  /** Subnets that it names by their ids. */
  get subnets(): string[] {
    const ids = this.synthesized.lookups("aws_subnet").map(({ id }) => String(id));
    return [...new Set(ids.filter((id) => id.startsWith("subnet-")))].sort();
  }

  private get instances() {
    return this.synthesized.blocks("aws_instance").map(({ block }) => block);
  }
}

function accountOf(constructs: readonly { readonly kind: string; readonly [fact: string]: unknown }[]) {
  const found = constructs.find(({ kind }) => kind === "account");
  return found && { account: String(found.account), region: String(found.region) };
}

function secretsOf({ release: { services, tasks = [], schedules = [], sites } }: ModelHost): KeptSource[] {
  const containers = [...services, ...tasks, ...schedules];
  return [
    ...containers.flatMap(({ secrets }) => Object.values(secrets ?? {})),
    ...sites.flatMap(({ basicAuth }) => Object.values(basicAuth?.users ?? {})),
    ...(emulatedAcme(sites)?.accounts ?? []).map(({ hmacKey }) => ({ ...hmacKey, value: REHEARSED_ACCOUNT_KEY })),
  ];
}
