import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Construct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { stagedFile } from "../terraform/staged-file.ts";
import { Step } from "../terraform/step.ts";
import type { Platform } from "../values/platform.ts";
import { CONTENT_LABEL, DockerEngine } from "./docker-engine.ts";

/** A version's tag that is about to be pushed. */
export interface VersionTag {
  /** With host, port and path, as the push spells it. */
  readonly name: string;
  readonly contentId: string;
  /** Whether it may leave the content that it stood for. */
  readonly moves: boolean;
  readonly platform?: Platform;
  /** What must have happened before the registry can be asked. */
  readonly dependsOn: readonly TerraformDependency[];
}

const SCRIPT = "version-tag.sh";

/**
 * The step of the apply that fails before a push would take a version's tag from other content. Why a step: what the
 * registry has is not known at synth, and the provider neither looks nor says so.
 */
export function checkVersionTag(scope: Construct, { name, contentId, moves, platform, dependsOn }: VersionTag): Step {
  const script = stagedFile(scope, SCRIPT, readFileSync(join(__dirname, SCRIPT), "utf8"));
  return new Step(scope, "VersionTag", {
    command: `sh ${script}`,
    triggers: { name, content: contentId },
    environment: {
      SLIPWAY_TAG: name,
      SLIPWAY_CONTENT: contentId,
      SLIPWAY_LABEL: CONTENT_LABEL,
      ...(moves ? { SLIPWAY_MOVES: "1" } : {}),
      ...(platform === undefined ? {} : { SLIPWAY_PLATFORM: platform.toString() }),
      ...DockerEngine.of(scope).environment,
    },
    dependsOn,
  });
}
