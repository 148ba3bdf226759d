import { Construct } from "constructs";
import { DockerEngine } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { owningStack } from "../../terraform/stack-of.ts";
import { Step } from "../../terraform/step.ts";
import { templateText } from "../../terraform/template-text.ts";
import { VOLUME_HOST_LABEL, VOLUME_LABEL, VOLUME_STACK_LABEL } from "../../values/engine-label.ts";

const COMMAND = [
  "docker volume create",
  `--label "${VOLUME_LABEL}=$SLIPWAY_VOLUME"`,
  `--label "${VOLUME_HOST_LABEL}=$SLIPWAY_HOST"`,
  `--label "${VOLUME_STACK_LABEL}=$SLIPWAY_STACK"`,
  '"$SLIPWAY_NAME" >/dev/null',
].join(" ");

/**
 * A volume of a host on a Docker engine, called by stack, host and volume, so that no other host can mean it. Why a step
 * and no resource of Terraform: what Terraform has made it deletes, at a destroy or where somebody renames a construct,
 * and data is deleted by `slipway volumes rm` alone. Making one that is there changes nothing.
 */
export class LocalVolume extends Construct {
  /** Its name on the engine. */
  readonly volumeName: string;
  readonly ready: TerraformDependency[];

  constructor(host: Construct, name: string) {
    super(host, `Volume-${name}`);
    const engine = DockerEngine.of(this);
    this.volumeName = engine.nameFor(this);
    const environment = {
      SLIPWAY_VOLUME: name,
      SLIPWAY_HOST: templateText(host.node.path),
      SLIPWAY_STACK: templateText(owningStack(this).node.id),
      SLIPWAY_NAME: this.volumeName,
      ...engine.environment,
    };
    this.ready = [new Step(this, "Resource", { command: COMMAND, triggers: { name: this.volumeName }, environment })];
  }
}
