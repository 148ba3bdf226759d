import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Network } from "@cdktf/provider-docker/lib/network";
import type { Construct } from "constructs";
import { DockerEngine, labelBlocks, ownershipLabels } from "../../docker/docker-engine.ts";
import type { TerraformDependency } from "../../terraform/dependency.ts";
import { stagedFile } from "../../terraform/staged-file.ts";
import { Step } from "../../terraform/step.ts";
import { templateText } from "../../terraform/template-text.ts";
import type { SwarmServiceProps } from "./swarm-service.ts";

/** The shell file with what every step of a swarm's host asks first. */
const SWARM = join(__dirname, "swarm.sh");

/** One script out of `files` of this folder and what stands before them, as Terraform sees its path. */
export function swarmScript(scope: Construct, name: string, before: readonly string[] = []): string {
  const text = [...before, SWARM, join(__dirname, name)].map((path) => readFileSync(path, "utf8")).join("\n");
  return stagedFile(scope, `swarm-${name}`, text);
}

/** By which a host's things in a swarm are found that Terraform knows nothing of; `swarm.sh` has the same word. */
const HOST_LABEL = "dev.slipway.swarm.host";

/** What everything of a host in its swarm has in common. */
export interface SwarmPlace extends Pick<SwarmServiceProps, "network" | "dependsOn"> {
  readonly host: Construct;
  /** The step that finds the swarm, before anything is made. */
  readonly look: TerraformDependency;
  /** Of what a node makes for a task of the host. */
  readonly label: Readonly<Record<string, string>>;
}

/**
 * The overlay network that all services of `host` share over all nodes, after a look at the swarm. Whatever is made in it
 * goes before the last step of a destroy, which takes away what Terraform knows nothing of.
 */
export function swarmPlace(host: Construct): SwarmPlace {
  const engine = DockerEngine.of(host);
  const environment = { SLIPWAY_HOST: templateText(host.node.path), ...engine.environment };
  const look = new Step(host, "Look", { command: `sh ${swarmScript(host, "look.sh")}`, environment });
  const name = engine.nameFor(host);
  const network = new Network(host, "Network", {
    name,
    driver: "overlay",
    labels: labelBlocks(ownershipLabels(host)),
    dependsOn: [look],
  });
  const removal = new Step(host, "Removal", {
    command: `sh ${swarmScript(host, "remove.sh")}`,
    // literals, for a step of a destroy may refer to nothing but itself
    environment: { ...environment, SLIPWAY_NETWORK: name },
    when: "destroy",
    dependsOn: [network],
  });
  return { host, look, network, label: { [HOST_LABEL]: host.node.path }, dependsOn: [network, removal] };
}
