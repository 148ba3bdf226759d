import type { Construct } from "constructs";
import type { IHost } from "../../../hosts/host.ts";
import type { HostCapabilities } from "../../../release/host-capabilities.ts";
import type { TerraformDependency } from "../../../terraform/dependency.ts";
import { NanoHost } from "../nano-host.ts";
import type { NanoHostProps } from "../nano-host-props.ts";

/** How a host stands among the others of its fleet. */
export interface FleetPlace {
  /** Whether releases go to it first. */
  readonly isFirst: boolean;
  /** The paths of the hosts that are told after it. */
  readonly next: readonly string[];
  /** The hosted zone in which it shows that names are its own. @default - it has no certificates of its own */
  readonly challengeZone?: string;
}

/** One host of a fleet, by its number. */
export class FleetHost extends NanoHost {
  /** Nothing while the host itself is made. */
  private readonly place?: FleetPlace;

  constructor(scope: Construct, id: string, props: NanoHostProps, place: FleetPlace) {
    super(scope, id, props);
    this.place = place;
  }

  /** Lets it hear of no release before `dependencies`. */
  waitFor(dependencies: readonly TerraformDependency[]): void {
    this.rollout.waitFor(dependencies);
  }

  /** What another release alone changes; a reference. */
  get releaseVersion(): string {
    return this.rollout.version;
  }

  /** The document by which it is told; a reference. */
  get documentName(): string {
    return this.rollout.documentName;
  }

  protected override get challengeZone(): string | undefined {
    return this.place?.challengeZone;
  }

  protected override get next(): readonly string[] {
    return this.place?.next ?? [];
  }

  /** Why of the first alone: the others are told the same, and a hundred of them would take their time. */
  protected override checkManifest(): void {
    if (this.place === undefined || this.place.isFirst) super.checkManifest();
  }

  protected override capabilities(): HostCapabilities {
    const { tls, ...others } = super.capabilities();
    const isSecured = this.place === undefined || this.place.challengeZone !== undefined;
    return { ...others, tls: isSecured ? tls : [], volumes: NO_VOLUMES };
  }

  protected override unreachableFrom(_host: IHost): string {
    return FAR;
  }
}

/** What is to be done where a service of a fleet is to keep something. */
export const NO_VOLUMES =
  "each host of a fleet would have its own, and a request may come to any: keep data in a service of AWS, or on a NanoHost beside that the fleet leads to";

/** Why nobody else leads to a service of a fleet. */
export const FAR = ": it runs on several; serve it there under a name and route to that by Backend.fromAddress";
