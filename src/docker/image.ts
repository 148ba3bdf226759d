import type { IConstruct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import type { Platform } from "../values/platform.ts";
import type { IRepository } from "./registry.ts";

/** An image that a host can run. Why by digest: tags are names for people and move; the digest is what runs. */
export interface IImage extends IConstruct {
  readonly repository: IRepository;
  /** The content id of what it was built from, 64 hex digits; a literal, absent for images that are only pulled. */
  readonly contentId?: string;
  /** The version that people know it by; absent where nothing says one. */
  readonly version?: string;
  /** @default - the engine's own platform */
  readonly platform?: Platform;
  /** The sides of an image that has several, in place of `platform`; a host takes the one that it runs. @default - one side */
  readonly platforms?: readonly Platform[];
  /** The TCP ports that the image says it listens on (`EXPOSE`), where synth knows them. */
  readonly exposedPorts?: readonly number[];
  /**
   * The paths that the image declares as `VOLUME`, where synth knows them. Why told: what a container writes there is
   * in a volume without a name, which goes with the container.
   */
  readonly declaredVolumes?: readonly string[];
  /** `uri@sha256:…`; a token when the digest is known only after the push. */
  readonly reference: string;
  /**
   * What must have happened before it is where `reference` says.
   * @default - that waits by itself, as a token does, or the image is there
   */
  readonly ready?: TerraformDependency[];
}

/** What must have happened before `image` can be pulled. */
export function pullableOnce({ repository, ready = [] }: IImage): TerraformDependency[] {
  return [...repository.ready, ...ready];
}

/** What the image was built for; empty for the platform of the engine that built it, which synth does not know. */
export function platformsOf({ platform, platforms }: IImage): readonly Platform[] {
  return platforms ?? (platform === undefined ? [] : [platform]);
}

/** The side of the image that a machine of `platform` runs: its very own before what its processor understands, too. */
export function sideFor(platform: Platform, image: IImage): Platform | undefined {
  const built = platformsOf(image);
  return built.find((side) => side.equals(platform)) ?? built.find((side) => platform.runs(side));
}
