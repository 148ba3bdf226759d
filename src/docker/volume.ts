import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import { Construct, type IConstruct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { DockerEngine, labelBlocks, ownershipLabels } from "./docker-engine.ts";

/** Data on an engine that outlives the containers that use it. */
export interface IVolume extends IConstruct {
  readonly volumeName: string;
  /** Whether containers may not write to it. @default false */
  readonly isReadOnly?: boolean;
  readonly ready: TerraformDependency[];
}

/** A named volume. Why named: an anonymous one belongs to one container and is lost with it. */
export class Volume extends Construct implements IVolume {
  /** A volume that exists already. */
  static fromName(scope: Construct, id: string, volumeName: string): IVolume {
    return new ImportedVolume(scope, constructId(scope, id), requireLiteral(scope, "volumeName", volumeName));
  }

  readonly volumeName: string;
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, ...noOptions: never[]) {
    super(scope, constructId(scope, id));
    knownProps<object>(this, noOptions[0], {});
    const resource = new DockerVolume(this, "Resource", {
      name: DockerEngine.of(this).nameFor(this),
      labels: labelBlocks(ownershipLabels(this)),
    });
    this.volumeName = resource.name;
    this.ready = [resource];
  }
}

class ImportedVolume extends Construct implements IVolume {
  readonly ready: TerraformDependency[] = [];

  constructor(
    scope: Construct,
    id: string,
    readonly volumeName: string,
  ) {
    super(scope, id);
  }
}
