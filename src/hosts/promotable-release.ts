import { join } from "node:path";
import { dependable, Lazy } from "cdktf";
import { Construct } from "constructs";
import { type IImage, platformsOf } from "../docker/image.ts";
import type { ReleaseDocument, ReleasedImage } from "../docker/release-file.ts";
import { ConstructError } from "../terraform/construct-error.ts";
import { Environment } from "../terraform/environment.ts";
import { knownProps } from "../terraform/known-props.ts";
import { lateText } from "../terraform/late.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { isReference } from "../terraform/reference.ts";
import { owningStack, pathFromStack, pathInStack } from "../terraform/stack-of.ts";
import { stagedCopy } from "../terraform/staged-file.ts";
import { Step } from "../terraform/step.ts";
import { runningIn } from "./hosted-container.ts";

/** What a {@link PromotableRelease} takes. */
export interface PromotableReleaseProps {
  /** The file to write, relative to the working directory. @default - `release.<stack>.json`, beside the state */
  readonly file?: string;
}

/**
 * Writes down what the hosts of the stack serve, each image by its digest, for another environment to promote. The apply
 * writes it when every host has said that it serves it, so that what failed is never in it; it is JSON that may be
 * committed, and holds no secret.
 */
export class PromotableRelease extends Construct {
  /** The file, relative to the working directory. */
  readonly file: string;

  /** @throws {ConstructError} for an option that is not known */
  constructor(scope: Construct, id: string, props: PromotableReleaseProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { file: true });
    this.file = requireLiteral(this, "file", props.file ?? `release.${owningStack(this).node.id}.json`);
    const text = lateText(() => this.text());
    const step = new Step(this, "Resource", {
      command: `sh ${stagedCopy(this, join(__dirname, "write-release.sh"))}`,
      triggers: { file: this.file, text },
      environment: { SLIPWAY_FILE: pathFromStack(this, this.file), SLIPWAY_TEXT: text },
    });
    // hosts may be declared after it
    step.dependsOn = Lazy.listValue({
      produce: () => [...new Set([...runningIn(this)].flatMap(({ ready }) => ready))].map(dependable),
    });
  }

  private text(): string {
    const images = new Map<IImage, string[]>();
    for (const container of runningIn(this))
      images.set(container.image, [...(images.get(container.image) ?? []), pathInStack(container)]);
    const entries = [...images].map(([image, runs]) => [pathInStack(image), this.entry(image, runs.sort())] as const);
    const document: ReleaseDocument = {
      schema: 1,
      stack: owningStack(this).node.id,
      environment: Environment.of(this)?.name,
      images: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    return JSON.stringify(document, null, 2);
  }

  private entry(image: IImage, runs: readonly string[]): ReleasedImage {
    const { reference, version, contentId, exposedPorts, declaredVolumes } = image;
    if (!isReference(reference) && !reference.includes("@")) {
      const remedy = "pin it by npx slipway lock, for a tag may be another image tomorrow";
      throw new ConstructError(
        image,
        "image",
        `is not pinned, so ${this.node.path} cannot promote ${reference}: ${remedy}`,
      );
    }
    const platforms = platformsOf(image).map((platform) => `${platform}`);
    return { reference, version, contentId, platforms, exposedPorts, declaredVolumes, runs };
  }
}
