import { join } from "node:path";
import { Construct } from "constructs";
import { type IImage, platformsOf } from "../docker/image.ts";
import type { ReleaseDocument, ReleasedImage } from "../docker/release-file.ts";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { Environment } from "../terraform/environment.ts";
import { knownProps } from "../terraform/known-props.ts";
import { lateText, waitLate } from "../terraform/late.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
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
 * writes it when every host has said that it serves it, so that what failed is never in it; one that no apply waits for
 * (`waitForRelease: false`) has only been told by then. It is JSON that may be committed, and holds no secret.
 */
export class PromotableRelease extends Construct {
  /** The file, relative to the working directory. */
  readonly file: string;

  /** @throws {ConstructError} for an option that is not known */
  constructor(scope: Construct, id: string, props: PromotableReleaseProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { file: true });
    this.file = requireLiteral(this, "file", props.file ?? `release.${owningStack(this).node.id}.json`);
    const text = releaseText(this);
    const step = new Step(this, "Resource", {
      command: `sh ${stagedCopy(this, join(__dirname, "write-release.sh"))}`,
      triggers: { file: this.file, text },
      environment: { SLIPWAY_FILE: pathFromStack(this, this.file), SLIPWAY_TEXT: text },
    });
    waitLate(step, () => servedIn(this));
  }
}

/** What must have happened before all that the hosts of the stack of `scope` run is served, by what is declared by now. */
export function servedIn(scope: Construct): TerraformDependency[] {
  return [...runningIn(scope)].flatMap(({ ready }) => ready);
}

/** What the hosts of the stack of `scope` serve, as JSON that is made when everything is declared. */
export function releaseText(scope: Construct): string {
  return lateText(() => JSON.stringify(releaseDocument(scope), null, 2));
}

function releaseDocument(scope: Construct): ReleaseDocument {
  const images = new Map<IImage, string[]>();
  for (const container of runningIn(scope))
    images.set(container.image, [...(images.get(container.image) ?? []), pathInStack(container)]);
  const entries = [...images].map(([image, runs]) => [pathInStack(image), entry(image, runs.sort())] as const);
  return {
    schema: 1,
    stack: owningStack(scope).node.id,
    environment: Environment.of(scope)?.name,
    images: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** By digest: no host runs another. */
function entry(image: IImage, runs: readonly string[]): ReleasedImage {
  const { reference, version, contentId, exposedPorts, declaredVolumes } = image;
  const platforms = platformsOf(image).map((platform) => `${platform}`);
  return { reference, version, contentId, platforms, exposedPorts, declaredVolumes, runs };
}
