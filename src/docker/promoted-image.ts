import { Construct } from "constructs";
import { warn } from "../terraform/annotation.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { describe } from "../terraform/description.ts";
import { isAskedFor } from "../terraform/environment.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { Platform } from "../values/platform.ts";
import type { Signing } from "../values/signing.ts";
import { REPOSITORY, requireKind } from "./declared-kind.ts";
import { type IImage, platformsOf } from "./image.ts";
import { copyImage, refuseAtPlan } from "./image-copy.ts";
import { checkSigning, signImage } from "./image-signature.ts";
import { pullLoginOf } from "./pull-login.ts";
import type { IRepository } from "./registry.ts";
import { NotReleased, type PromotableImage, readReleasedImage } from "./release-file.ts";

/** What {@link PromotedImage.from} takes. */
export interface PromotedImageOptions {
  /** The file that the `PromotableRelease` of the other environment writes, relative to the working directory; a literal. */
  readonly release: string;
  /** The image's name there: the path of its construct below its stack. @default - the id of this one */
  readonly image?: string;
  /** Where the image is kept here; it is copied there unless that is where it is. */
  readonly repository: IRepository;
  /**
   * Signs it where it is kept here: a signature is of one repository, and the one of the other environment does not count.
   * @default - it is not signed
   */
  readonly sign?: Signing;
}

/** Stands for what no release has yet; nothing is pulled by it, for the plan fails before. */
const NO_DIGEST = `sha256:${"0".repeat(64)}`;

/**
 * An image that another environment serves, by its very digest: what was tried there is what runs here, and nothing is
 * built. Synth knows the digest, so a review shows that both are equal. Where the repository is another one the apply
 * copies the image from registry to registry, without an engine, before any host is told of it.
 */
export class PromotedImage extends Construct implements IImage {
  /**
   * Where the release file is not there yet, or has no such image, the plan of this stack fails and says so; other
   * stacks of the program can be deployed meanwhile, e.g. the one that writes the file.
   *
   * @throws {ConstructError} for a file that is no release, and for a missing one when it is this stack that is deployed
   */
  static from(scope: Construct, id: string, options: PromotedImageOptions): PromotedImage {
    return new PromotedImage(scope, id, options);
  }

  readonly repository: IRepository;
  readonly contentId?: string;
  readonly version?: string;
  readonly platform?: Platform;
  readonly platforms?: readonly Platform[];
  readonly exposedPorts?: readonly number[];
  readonly declaredVolumes?: readonly string[];
  readonly reference: string;
  /** Where it was served before, by digest. */
  readonly promotedFrom: string;
  /** What must have happened before it is in its repository. */
  readonly ready: TerraformDependency[];

  private constructor(scope: Construct, id: string, options: PromotedImageOptions) {
    super(scope, constructId(scope, id));
    knownProps(this, options, { release: true, image: true, repository: true, sign: true });
    requireKind(this, "repository", options.repository, REPOSITORY);
    if (options.sign !== undefined) checkSigning(this, options.sign);
    this.repository = options.repository;
    const path = requireLiteral(this, "release", options.release);
    if (typeof path !== "string" || path === "") {
      const rule = "must be the path of a release file";
      throw new ConstructError(this, "release", { subject: "release", rule, got: path });
    }
    const found = readReleasedImage(this, path, requireLiteral(this, "image", options.image ?? id));
    if (found instanceof NotReleased) {
      this.ready = this.refuse(found.problem);
      this.promotedFrom = "";
      this.reference = `${this.repository.uri}@${NO_DIGEST}`;
      // what is not known yet must not fail the synth of the other stacks: any host takes it, by any port
      this.platforms = [Platform.LINUX_AMD64, Platform.LINUX_ARM64];
      this.exposedPorts = [80];
    } else {
      const { reference, platforms } = found;
      this.contentId = found.contentId;
      this.version = found.version;
      this.exposedPorts = found.exposedPorts;
      this.declaredVolumes = found.declaredVolumes;
      if (platforms.length > 1) this.platforms = platforms;
      else this.platform = platforms[0];
      this.promotedFrom = `${reference.name}@${reference.digest}`;
      this.reference = `${this.repository.uri}@${reference.digest}`;
      const dependsOn = this.copy(found);
      this.ready = [
        ...dependsOn,
        ...(options.sign === undefined ? [] : signImage(this, options.sign, { ...this.kept, dependsOn })),
      ];
    }
    describe(this, "image", () => ({
      repository: this.repository.uri,
      pullLogin: pullLoginOf(this.repository),
      version: this.version,
      contentId: this.contentId,
      promotedFrom: this.promotedFrom,
      reference: this.reference,
      platforms: platformsOf(this).map((platform) => `${platform}`),
      exposedPorts: this.exposedPorts,
      signedBy: options.sign?.toString(),
    }));
  }

  private get kept() {
    const { repository, reference } = this;
    return { repository, reference };
  }

  private copy({ reference, version }: PromotableImage): TerraformDependency[] {
    if (reference.name === this.repository.uri) return [];
    return copyImage(this, { from: this.promotedFrom, to: this.repository, version });
  }

  private refuse(problem: string): TerraformDependency[] {
    if (isAskedFor(this)) throw new ConstructError(this, "release", problem);
    warn(this, `release: ${problem}`);
    return refuseAtPlan(this, `${this.node.path}: release: ${problem}`);
  }
}
