import { Network as DockerNetwork } from "@cdktf/provider-docker/lib/network";
import { Construct, type IConstruct } from "constructs";
import type { TerraformDependency } from "../terraform/dependency.ts";
import { knownProps } from "../terraform/known-props.ts";
import { constructId, requireLiteral } from "../terraform/literal.ts";
import { DockerEngine, labelBlocks, ownershipLabels } from "./docker-engine.ts";

/** A network on an engine that containers join. */
export interface INetwork extends IConstruct {
  /** The engine's name for it; a reference, so that whoever joins is ordered after it. */
  readonly networkName: string;
  readonly ready: TerraformDependency[];
}

/** What a {@link Network} takes. */
export interface NetworkProps {
  /** Keeps containers of this network from reaching anything outside it. @default false */
  readonly internal?: boolean;
}

/** A bridge network of its own. Why never the default bridge: containers find each other by name only on their own. */
export class Network extends Construct implements INetwork {
  /** A network that exists already, e.g. one that another tool made. */
  static fromName(scope: Construct, id: string, networkName: string): INetwork {
    return new ImportedNetwork(scope, constructId(scope, id), requireLiteral(scope, "networkName", networkName));
  }

  readonly networkName: string;
  readonly ready: TerraformDependency[];

  constructor(scope: Construct, id: string, props: NetworkProps = {}) {
    super(scope, constructId(scope, id));
    knownProps(this, props, { internal: true });
    const resource = new DockerNetwork(this, "Resource", {
      // A change of `internal` makes a new network beside the old one, which needs a name of its own.
      name: `${DockerEngine.of(this).nameFor(this)}${props.internal ? "-internal" : ""}`,
      driver: "bridge",
      internal: props.internal,
      labels: labelBlocks(ownershipLabels(this)),
    });
    this.networkName = resource.name;
    this.ready = [resource];
  }
}

class ImportedNetwork extends Construct implements INetwork {
  readonly ready: TerraformDependency[] = [];

  constructor(
    scope: Construct,
    id: string,
    readonly networkName: string,
  ) {
    super(scope, id);
  }
}
