import { Volume as DockerVolume } from "@cdktf/provider-docker/lib/volume";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { withoutCreationStack } from "../terraform/template-text.ts";
import { DockerEngine, labelBlocks, ownershipLabels } from "./docker-engine.ts";

/** Data on an engine that outlives the containers that use it. */
export interface IVolume extends IConstruct {
  readonly volumeName: string;
  readonly ready: ITerraformDependable[];
}

/** A named volume. Why named: an anonymous one belongs to one container and is lost with it. */
export class Volume extends Construct implements IVolume {
  /** A volume that exists already. */
  static fromName(scope: Construct, id: string, volumeName: string): IVolume {
    return new ImportedVolume(scope, constructId(scope, id), requireLiteral(scope, "volumeName", volumeName));
  }

  readonly volumeName: string;
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, ...noOptions: never[]) {
    super(scope, constructId(scope, id));
    knownProps<object>(this, noOptions[0], {});
    const { name, ready } = withoutCreationStack(() => {
      const resource = new DockerVolume(this, "Resource", {
        name: DockerEngine.of(this).nameFor(this),
        labels: labelBlocks(ownershipLabels(this)),
      });
      return { name: resource.name, ready: [resource] };
    });
    this.volumeName = name;
    this.ready = ready;
  }
}

class ImportedVolume extends Construct implements IVolume {
  readonly ready: ITerraformDependable[] = [];

  constructor(
    scope: Construct,
    id: string,
    readonly volumeName: string,
  ) {
    super(scope, id);
  }
}
