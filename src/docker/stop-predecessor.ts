import { Construct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { lateText } from "../terraform/late.ts";
import { Step } from "../terraform/step.ts";
import { templateText } from "../terraform/template-text.ts";
import { CONSTRUCT_LABEL, DockerEngine } from "./docker-engine.ts";

/** What a {@link StopPredecessor} takes. */
export interface StopPredecessorProps {
  /** The container's name on the engine; asked at synth, when it is declared. */
  readonly containerName: () => string;
  /** The path of the construct that declares it, so that nobody else's container is touched. */
  readonly containerPath: string;
  /** All that replaces the container when it changes, and nothing else. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly dependsOn?: TerraformDependency[];
}

const COMMAND = `set -eu
old=$(docker ps --all --quiet --no-trunc --filter "name=^/$SLIPWAY_CONTAINER\\$" --filter "label=$SLIPWAY_LABEL")
[ -n "$old" ] || exit 0
docker stop "$old" >/dev/null
docker rename "$old" "$SLIPWAY_CONTAINER-$(date +%s)"`;

/**
 * A step that frees the name and the ports of a container just before its successor is made. Why: services start
 * before their predecessors stop, and Terraform then replaces whatever they depend on in the same order, a container
 * that cannot be there twice as well. It is stopped and renamed, not removed: Terraform removes it in the end, and
 * older providers fail to remove what is not there.
 *
 * @see https://github.com/hashicorp/terraform/blob/main/docs/destroying.md#create-before-destroy
 */
export class StopPredecessor extends Construct {
  readonly ready: TerraformDependency[];

  constructor(
    scope: Construct,
    id: string,
    { containerName, containerPath, settings, dependsOn }: StopPredecessorProps,
  ) {
    super(scope, id);
    const step = new Step(this, "Resource", {
      command: COMMAND,
      triggers: settings,
      environment: {
        SLIPWAY_CONTAINER: lateText(containerName),
        SLIPWAY_LABEL: templateText(`${CONSTRUCT_LABEL}=${containerPath}`),
        ...DockerEngine.of(this).environment,
      },
      dependsOn,
    });
    this.ready = [step];
  }
}
